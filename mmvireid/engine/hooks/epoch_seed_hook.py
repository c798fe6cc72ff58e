"""Randomness that depends on the seed, the epoch and the rank alone."""

import random

import numpy as np
import torch
from mmengine.dist import get_rank
from mmengine.hooks import Hook
from torch.utils.data import get_worker_info

from mmvireid.registry import HOOKS


@HOOKS.register_module()
class EpochSeedHook(Hook):
    """Seed every generator anew at the start of each training epoch.

    mmengine restores no generator on resuming, and seeds the workers of a
    data loader alike in every epoch. With this hook, python, numpy and torch
    (with its accelerators) start an epoch from (seed, epoch, rank), and a
    worker starts a batch from these and the indices in the batch. So a
    resumed run repeats the uninterrupted one, and the augmentations depend
    neither on the number of workers nor on whether they persist. (Without
    workers they are drawn from the main process's generators.)

    In iteration-based training there is one epoch: a resumed run draws
    the same augmentations, but other numbers in the main process.
    """

    def before_train(self, runner) -> None:
        """Hand the seed to the workers.

        Args:
            runner (Runner): The runner.
        """
        # One number in shared memory: workers that persist see it change.
        self._seed = torch.zeros((), dtype=torch.int64).share_memory_()
        loader = runner.train_dataloader
        loader.worker_init_fn = SeedBatches(self._seed)
        # Starting workers draws a number: not from the global generator,
        # for whether they start in an epoch shall make no difference.
        loader.generator = torch.Generator()

    def before_train_epoch(self, runner) -> None:
        """Seed all generators.

        Args:
            runner (Runner): The runner.
        """
        seed = _mix(runner.seed, runner.epoch, get_rank())
        self._seed.fill_(seed)
        _seed_all(seed)


class SeedBatches:
    """Have a worker seed its generators before each batch.

    Args:
        seed (Tensor): The epoch's seed, one integer in shared memory.
    """

    def __init__(self, seed: torch.Tensor) -> None:
        self.seed = seed

    def __call__(self, worker_id: int) -> None:
        """Wrap the worker's own copy of the dataset.

        Args:
            worker_id (int): The worker's number. It is of no matter.
        """
        dataset = get_worker_info().dataset
        fetch = getattr(dataset, '__getitems__', None)

        def seeded_fetch(indices: list) -> list:
            _seed_all(_mix(int(self.seed), *indices))
            if fetch is not None:
                return fetch(indices)
            return [dataset[index] for index in indices]

        # torch asks a dataset for this method and prefers it.
        dataset.__getitems__ = seeded_fetch


def _mix(*numbers: int) -> int:
    """Mix integers to one of 31 bits."""
    state = np.random.SeedSequence([int(n) for n in numbers])
    return int(state.generate_state(1)[0]) >> 1


def _seed_all(seed: int) -> None:
    random.seed(seed)
    np.random.seed(seed)  # noqa: NPY002 (transforms draw from it)
    torch.manual_seed(seed)  # of the accelerators too
