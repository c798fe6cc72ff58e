"""Time and memory of steps, timed in turn to be slowed down alike."""

import ctypes
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from itertools import accumulate
from pathlib import Path

import torch
from torch.profiler import ProfilerActivity, profile


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


def peak_bytes(step: Callable, device: str) -> int:
    """Count the bytes that a step needs at its peak.

    Args:
        step (Callable): The step, which has run before.
        device (str): Where it computes.

    Returns:
        int: The most that its tensors take at a time, without those that are
        there before it begins.
    """
    if device.startswith('cuda'):
        before = torch.cuda.memory_allocated()
        torch.cuda.reset_peak_memory_stats()
        step()
        return torch.cuda.max_memory_allocated() - before
    # Otherwise it complains where there is no GPU.
    os.environ.setdefault('KINETO_LOG_LEVEL', '5')
    with profile(
        activities=[ProfilerActivity.CPU], profile_memory=True, acc_events=True
    ) as record:
        step()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / 'trace.json'
        record.export_chrome_trace(str(path))
        events = json.loads(path.read_text())['traceEvents']
    changes = sorted(
        (event['ts'], event['args']['Bytes'])
        for event in events
        if event['name'] == '[memory]'
    )
    return max(accumulate(size for _, size in changes))
