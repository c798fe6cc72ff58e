"""Both candidates of a batch norm, mixed."""

import torch
from torch import Tensor, nn
from torch.nn.modules.batchnorm import _BatchNorm

from ..modality_specific import BatchSplit
from .batch_norm_mixture import BatchNormMixture, joint_statistics
from .mixed_norm import MixedNorm
from .relaxation import NormRelaxation


class MixedBatchNorm(MixedNorm):
    """A batch norm between being shared and being separate.

    The shared candidate normalises by the statistics of the whole batch, the
    separate one by those of each modality. Statistics are computed once,
    for each modality; those of the whole follow. Running statistics of all
    three are updated as those of plain batch norms.

    Args:
        module (nn.Module): The batch norm, with weights and running
            statistics.
        split (BatchSplit): As :class:`MixedNorm`.
        relaxation (NormRelaxation): As :class:`MixedNorm`.

    Raises:
        ValueError: If the norm has no running statistics, is synchronised
            over processes, or does more than to normalise (such as timm's
            ``BatchNormAct2d``).
    """

    def __init__(
        self, module: nn.Module, split: BatchSplit, relaxation: NormRelaxation
    ) -> None:
        if isinstance(module, nn.SyncBatchNorm) or module.running_mean is None:
            raise ValueError(
                'The search mixes batch norms with running statistics of '
                'their own process, but found '
                f'{module}. Build the backbone with '
                "norm_cfg=dict(type='BN')."
            )
        if type(module).forward is not _BatchNorm.forward:
            raise ValueError(
                'The search computes batch norms itself, which would leave '
                f'out what {type(module).__name__}.forward does besides, such '
                'as an activation. Take a backbone of plain batch norms, or '
                'leave this kind out of norm_types.'
            )
        super().__init__(module, split, relaxation)

    def forward(self, x: Tensor) -> Tensor:
        """Normalise ``x`` by the mixture.

        Args:
            x (Tensor): ``(B, C, ...)``, visible first, infrared after.

        Returns:
            Tensor: Of the same shape.

        Raises:
            ValueError: In training, if a modality has one value for each
                channel only.
        """
        position = self.split.position(x.shape[0])
        norms = [getattr(self, name) for name in self.COPIES]
        weight = torch.stack([norm.weight for norm in norms])
        bias = torch.stack([norm.bias for norm in norms])
        # A backbone with frozen norms puts the norms alone to eval mode.
        if not self.shared.training:
            return self._by_running(x, position, weight, bias)
        mean, var = self._update_statistics(x, position)
        return BatchNormMixture.apply(
            x, self.shares(), weight, bias, mean, var, position,
            self.shared.eps,
        )  # fmt: skip

    def _by_running(
        self, x: Tensor, position: int, weight: Tensor, bias: Tensor
    ) -> Tensor:
        """Normalise by the running statistics."""
        own_share, shared_share = self.shares()
        outputs = []
        parts = x.split((position, x.shape[0] - position))
        ones = torch.ones_like(self.shared.running_var)
        inverse = (self.shared.running_var + self.shared.eps).rsqrt()
        shared_scale = weight[2] * inverse
        for i, (part, own) in enumerate(
            zip(parts, (self.visible, self.infrared), strict=True)
        ):
            if not len(part):
                continue
            own_scale = weight[i] * (own.running_var + own.eps).rsqrt()
            distance = own.running_mean - self.shared.running_mean
            scale = own_share * own_scale + shared_share * shared_scale
            offset = own_share * bias[i] + shared_share * (
                bias[2] + shared_scale * distance
            )
            outputs.append(
                torch.native_batch_norm(
                    part, scale, offset, own.running_mean, ones, False, 0, 0
                )[0]
            )
        return outputs[0] if len(outputs) == 1 else torch.cat(outputs)

    @torch.no_grad()
    def _update_statistics(self, x: Tensor, position: int) -> tuple:
        """Compute each modality's statistics and update all running ones.

        Returns:
            tuple[Tensor, Tensor]: Means and variances, ``(2, C)``; zeros for
            an absent modality.
        """
        parts = x.split((position, x.shape[0] - position))
        counts = [part.numel() // x.shape[1] for part in parts]
        if 1 in counts:
            raise ValueError(
                'In training a batch norm needs more than one value for each '
                f'channel and modality, but got an input of {tuple(x.shape)} '
                f'with {position} visible rows.'
            )
        zeros = torch.zeros_like(self.shared.running_mean)
        found = [
            torch.batch_norm_update_stats(
                part, norm.running_mean, norm.running_var, _momentum(norm)
            )
            if len(part)
            else (zeros, zeros)
            for part, norm in zip(
                parts, (self.visible, self.infrared), strict=True
            )
        ]
        mean, var = (
            torch.stack(values) for values in zip(*found, strict=True)
        )
        joint_mean, joint_var = joint_statistics(mean, var, counts)
        total = sum(counts)
        momentum = _momentum(self.shared)
        self.shared.running_mean.lerp_(joint_mean, momentum)
        self.shared.running_var.lerp_(
            joint_var * (total / (total - 1)), momentum
        )
        return mean, var


def _momentum(norm: nn.Module) -> float:
    """Count a batch and return the weight of its statistics."""
    norm.num_batches_tracked.add_(1)
    if norm.momentum is None:  # the plain average of all batches
        return 1.0 / float(norm.num_batches_tracked)
    return norm.momentum
