"""Seeding the processes that load data."""

import random

import numpy as np
import torch

from mmvireid.registry import FUNCTIONS


@FUNCTIONS.register_module()
def seed_worker(worker_id: int) -> None:
    """Seed Python and numpy from the seed torch gave a worker process.

    Torch draws that seed from its global generator when an epoch's workers
    start, so that it differs from epoch to epoch and follows from the seed
    of the epoch. mmengine's own function would seed the workers of every
    epoch alike, and every epoch would see the same crops and flips.

    Args:
        worker_id (int): The number of the worker; already in torch's seed.
    """
    seed = torch.initial_seed() % 2**32
    random.seed(seed)
    np.random.seed(seed)  # noqa: NPY002 (mmcv draws from the global state)
