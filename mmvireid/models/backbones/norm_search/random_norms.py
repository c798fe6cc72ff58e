"""Norms chosen by lot."""

from collections.abc import Sequence

import numpy as np

from mmvireid.registry import TASK_UTILS

from .norm_rule import NormRule


@TASK_UTILS.register_module()
class RandomNorms(NormRule):
    """Separates each norm with the same probability: a search's baseline.

    Args:
        seed (int): Seed of the draw. Defaults to 0.
        probability (float): That a norm is separate, 0 to 1. Defaults to
            0.5.
        **kwargs: ``norm_types`` of :class:`NormRule`.
    """

    def __init__(
        self, seed: int = 0, probability: float = 0.5, **kwargs
    ) -> None:
        super().__init__(**kwargs)
        self.seed = seed
        self.probability = probability

    def choose(self, norms: Sequence[str]) -> list:
        """Draw for each norm."""
        drawn = np.random.default_rng(self.seed).random(len(norms))
        return [
            name
            for name, number in zip(norms, drawn, strict=True)
            if number < self.probability
        ]
