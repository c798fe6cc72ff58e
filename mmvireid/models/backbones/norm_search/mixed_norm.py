"""Both candidates of a norm, mixed."""

import torch
from torch import Tensor, nn
from torch.func import functional_call

from ..modality_specific import BatchSplit, ModalitySpecific
from .relaxation import NormRelaxation


class MixedNorm(ModalitySpecific):
    """A norm between being shared and being separate.

    It holds three copies: one that both modalities share and one for each.
    The weight ``architecture`` ``(2,)``, of separate and shared, says how
    they are mixed.

    This class serves norms whose statistics are those of one image or token
    (layer norm): candidates differ in weight and bias alone, so that the
    mixture is one norm with mixed weight and bias.

    Args:
        module (nn.Module): The norm.
        split (BatchSplit): The split that the wrapper sets.
        relaxation (NormRelaxation): From weights to shares, one object for
            all norms.

    Attributes:
        noise (Tensor, optional): ``(2,)``, what the wrapper has drawn for
            this forward.
    """

    COPIES = ('visible', 'infrared', 'shared')

    def __init__(
        self, module: nn.Module, split: BatchSplit, relaxation: NormRelaxation
    ) -> None:
        super().__init__(module, split)
        self.relaxation = relaxation
        self.architecture = nn.Parameter(torch.zeros(2))
        self.noise: Tensor | None = None

    def shares(self) -> Tensor:
        """Compute the shares of the candidates.

        Returns:
            Tensor: ``(2,)``, of separate and shared; their sum is 1.
        """
        # Here and not in the wrapper for all norms at once, so that the
        # recomputation of a checkpointed block has a graph of its own.
        return self.relaxation(self.architecture, self.noise)

    def forward(self, x: Tensor, *args, **kwargs) -> Tensor:
        """Normalise ``x`` by the mixture.

        Args:
            x (Tensor): ``(B, ...)``, visible first, infrared after.
            *args: Passed on to the norm.
            **kwargs: Passed on to the norm.

        Returns:
            Tensor: Of the same shape.
        """
        position = self.split.position(x.shape[0])
        shares = self.shares()
        outputs = [
            functional_call(self.shared, self._mixed(own, shares),
                            (part, *args), kwargs)
            for part, own in zip(
                x.split((position, x.shape[0] - position)),
                (self.visible, self.infrared),
                strict=True,
            )
            if len(part)
        ]  # fmt: skip
        return outputs[0] if len(outputs) == 1 else torch.cat(outputs)

    def _mixed(self, own: nn.Module, shares: Tensor) -> dict:
        shared = dict(self.shared.named_parameters())
        return {
            name: shares[0] * value + shares[1] * shared[name]
            for name, value in own.named_parameters()
        }
