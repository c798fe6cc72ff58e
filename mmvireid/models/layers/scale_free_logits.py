"""Logits that are norms."""

from torch import Tensor

from mmvireid.registry import MODELS

from .norm_logits import NormLogits


@MODELS.register_module()
class ScaleFreeLogits(NormLogits):
    """Takes the norm as it is."""

    def standardise(self, norms: Tensor) -> Tensor:
        """Return the norms."""
        return norms
