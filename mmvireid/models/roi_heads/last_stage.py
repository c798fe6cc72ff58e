"""A copy of a backbone's last stage, for the content of boxes."""

from copy import deepcopy

from mmengine.model import BaseModule, Sequential
from mmpretrain.models.backbones import ConvNeXt, ResNet, SwinTransformer
from torch import Tensor, nn

from mmvireid.models.backbones import ModalitySpecific


class SwinLastStage(BaseModule):
    """Swin's last stage on maps instead of tokens.

    Args:
        backbone (SwinTransformer): Where the stage is taken from.
    """

    def __init__(self, backbone: SwinTransformer) -> None:
        super().__init__()
        self.downsample = backbone.stages[-2].downsample
        self.blocks = backbone.stages[-1]

    def forward(self, x: Tensor) -> Tensor:
        """Map ``(R, C, h, w)`` to ``(R, 2C, h/2, w/2)``."""
        tokens, size = x.flatten(2).transpose(1, 2), tuple(x.shape[-2:])
        tokens, size = self.downsample(tokens, size)
        tokens, size = self.blocks(tokens, size)
        return tokens.transpose(1, 2).unflatten(2, size)


def copy_last_stage(backbone: nn.Module) -> nn.Module:
    """Copy the last stage of a backbone, its downsampling included.

    The copy has weights of its own, which are trained even if those of the
    backbone are frozen.

    Args:
        backbone (nn.Module): mmpretrain's ConvNeXt, ResNet or Swin, or one
            of their kind.

    Returns:
        nn.Module: It maps ``(R, C4, h, w)`` to ``(R, C5, h/2, w/2)``.

    Raises:
        TypeError: If the backbone is of another kind.
        ValueError: If its last stage is modality-specific.
    """
    if isinstance(backbone, ConvNeXt):
        stage = Sequential(backbone.downsample_layers[-1], backbone.stages[-1])
    elif isinstance(backbone, ResNet):
        stage = getattr(backbone, backbone.res_layers[-1])
    elif isinstance(backbone, SwinTransformer):
        stage = SwinLastStage(backbone)
    else:
        raise TypeError(
            'The boxes go through a copy of the last stage of the backbone. '
            'It is known of ConvNeXt, ResNet and Swin, but not of '
            f'{type(backbone).__name__}.'
        )
    if any(isinstance(m, ModalitySpecific) for m in stage.modules()):
        raise ValueError(
            'The last stage of the backbone is modality-specific, but the '
            'boxes of both modalities share one copy of it. Name only '
            'modules of earlier stages in backbone.specific.'
        )
    return deepcopy(stage).requires_grad_(True)
