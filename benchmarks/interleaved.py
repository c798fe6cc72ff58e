"""Timing of several steps in turn, so that a busy machine slows all alike."""

import statistics
import time
from collections.abc import Callable

import torch


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
