"""Timing of several steps in turn, so that a busy machine slows all alike."""

import ctypes
import statistics
import sys
import time
from collections.abc import Callable

import torch


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
