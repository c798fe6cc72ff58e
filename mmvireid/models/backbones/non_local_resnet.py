"""ResNet with AGW's non-local attention."""

from mmpretrain.models.backbones import ResNet
from mmpretrain.models.backbones.resnet import BasicBlock, Bottleneck
from torch import Tensor, nn

from mmvireid.models.layers import NonLocalBlock
from mmvireid.registry import MODELS


class _AttendedBlock:
    """Lets a residual block pass its output through ``non_local``.

    The attention has a key of its own below the block's, so that the keys of
    plain checkpoints stay.
    """

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.non_local = nn.Identity()

    def forward(self, x: Tensor) -> Tensor:
        return self.non_local(super().forward(x))


class AttendedBasicBlock(_AttendedBlock, BasicBlock):
    """The block of ResNet-18 and 34, followed by attention where wanted."""


class AttendedBottleneck(_AttendedBlock, Bottleneck):
    """The block of deeper ResNets, followed by attention where wanted."""


ATTENDED = {BasicBlock: AttendedBasicBlock, Bottleneck: AttendedBottleneck}


@MODELS.register_module()
class NonLocalResNet(ResNet):
    """ResNet with a non-local block after the last blocks of some stages.

    In AGW (Ye et al., TPAMI 2021) they follow the last two blocks of the
    second stage and the last three of the third.

    Args:
        *args: Arguments of mmpretrain's ``ResNet``.
        non_local_blocks (Sequence[int]): How many blocks of each stage,
            counted from its end, attention follows; no more than the stage
            has. Defaults to ``(0, 2, 3, 0)``.
        inter_channels (int, optional): See
            :class:`~mmvireid.models.layers.NonLocalBlock`. Defaults to 1.
        **kwargs: Arguments of mmpretrain's ``ResNet``.

    Raises:
        ValueError: If there is not one number for each stage.
    """

    arch_settings = {
        depth: (ATTENDED[block], stage_blocks)
        for depth, (block, stage_blocks) in ResNet.arch_settings.items()
    }

    def __init__(
        self,
        *args,
        non_local_blocks: tuple = (0, 2, 3, 0),
        inter_channels: int | None = 1,
        **kwargs,
    ) -> None:
        super().__init__(*args, **kwargs)
        stages = [getattr(self, name) for name in self.res_layers]
        if len(non_local_blocks) != len(stages):
            raise ValueError(
                f'non_local_blocks needs one number for each of the '
                f'{len(stages)} stages, but it is {tuple(non_local_blocks)}.'
            )
        for stage, count in zip(stages, non_local_blocks, strict=True):
            for block in list(stage)[max(len(stage) - count, 0) :]:
                block.non_local = NonLocalBlock(
                    block.out_channels, inter_channels, self.norm_cfg
                )
        self._freeze_stages()  # These blocks too.

    def init_weights(self) -> None:
        """Initialise as the plain network, and attention as the identity."""
        super().init_weights()
        # Pre-trained weights may hold trained attention.
        configs = self.init_cfg or []
        configs = [configs] if isinstance(configs, dict) else configs
        if any(cfg['type'] == 'Pretrained' for cfg in configs):
            return
        for module in self.modules():
            if isinstance(module, NonLocalBlock):
                module.init_weights()
