"""What all rules that choose norms share."""

from abc import ABC, abstractmethod
from collections.abc import Sequence

from torch import nn

from .space import NORM_TYPES, find_norms


class NormRule(ABC):
    """Chooses the norms that each modality has for itself.

    The config of a rule stands in ``TwoStream.specific``.

    Args:
        norm_types (Sequence[str]): Which norms there are to choose from,
            see :func:`.space.find_norms`. Defaults to all batch and layer
            norms.
    """

    def __init__(self, norm_types: Sequence[str] = NORM_TYPES) -> None:
        self.norm_types = tuple(norm_types)

    def specific_names(self, backbone: nn.Module) -> list:
        """List the separate norms of a backbone.

        Args:
            backbone (nn.Module): The plain backbone.

        Returns:
            list[str]: Their names.
        """
        return self.choose(find_norms(backbone, self.norm_types))

    @abstractmethod
    def choose(self, norms: Sequence[str]) -> list:
        """Choose among the norms.

        Args:
            norms (Sequence[str]): All, in the order of
                :func:`.space.find_norms`.

        Returns:
            list[str]: Those to separate.
        """
