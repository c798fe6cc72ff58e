"""Time and memory of steps, timed in turn to be slowed down alike."""

import ctypes
import statistics
import sys
import time
from collections.abc import Callable

import torch
from torch import Tensor


def hold_memory() -> None:
    """Keep freed memory in the process instead of handing it back.

    The pages that glibc's allocator hands back are mapped anew when they are
    next needed. On a virtual machine this takes up to a third of a step, and
    falls on whichever of the steps in turn happens to ask first.
    """
    if sys.platform != 'linux':
        return
    mallopt = getattr(ctypes.CDLL(None), 'mallopt', None)
    if mallopt is not None:
        trim_threshold, mmap_max = -1, -4
        mallopt(mmap_max, 0)
        mallopt(trim_threshold, -1)


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
        rounds (int): How often; two more rounds go first and do not count,
            as they allocate memory.
        device (str): Where the steps compute.

    Returns:
        dict[str, float]: The median of each, in seconds.
    """
    hold_memory()
    seconds: dict = {name: [] for name in steps}
    for i in range(-2, rounds):
        for name, step in steps.items():
            duration = timed(step, device)
            if i >= 0:
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
