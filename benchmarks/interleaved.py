"""Time and memory of steps, timed in turn to be slowed down alike."""

import statistics
import time
from collections.abc import Callable

import torch
from torch import Tensor


def timed(step: Callable, device: str) -> float:
    """Return the seconds that one step takes."""
    start = time.perf_counter()
    step()
    if device.startswith('cuda'):
        torch.cuda.synchronize()
    return time.perf_counter() - start


def medians(steps: dict, rounds: int, device: str) -> dict:
    """Time all steps in turn, several times.

    Args:
        steps (dict[str, Callable]): What to time, by name.
        rounds (int): How often; one more round goes first and does not
            count, as it allocates memory.
        device (str): Where the steps compute.

    Returns:
        dict[str, float]: The median of each, in seconds.
    """
    seconds: dict = {name: [] for name in steps}
    for i in range(rounds + 1):
        for name, step in steps.items():
            duration = timed(step, device)
            if i:
                seconds[name].append(duration)
    return {name: statistics.median(s) for name, s in seconds.items()}


def kept_bytes(step: Callable) -> int:
    """Count the bytes of all tensors that a step keeps for backward.

    Args:
        step (Callable): The step.

    Returns:
        int: Their bytes; tensors that share memory count once.
    """
    storages = {}

    def note(tensor: Tensor) -> Tensor:
        storage = tensor.untyped_storage()
        storages[storage.data_ptr()] = storage.nbytes()
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(note, lambda x: x):
        step()
    return sum(storages.values())
