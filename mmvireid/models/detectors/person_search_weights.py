"""Weights from one person detector to another."""

from torch import nn


def load_person_search_weights(
    model: nn.Module, checkpoint: str, replicate: bool = False
) -> dict:
    raise NotImplementedError
