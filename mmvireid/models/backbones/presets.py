"""What each backbone family needs to serve re-identification.

A preset says which modules form the stem and which options make the
backbone return a 4-D feature map, so that a config swaps the backbone by its
type and size alone. Options that a config sets itself always win.
"""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class BackbonePreset:
    """What :class:`TwoStream` needs to know of a backbone family.

    Attributes:
        stem (tuple[str]): Names of the modules that form the stem.
        options (dict): Constructor options that give a 4-D feature map, with
            the last stride set to 1 where the family has that option.
    """

    stem: tuple
    options: dict = field(default_factory=dict)


_RESNET = BackbonePreset(('conv1', 'bn1'), dict(strides=(1, 2, 2, 1)))
_SWIN = BackbonePreset(('patch_embed',), dict(pad_small_map=True))
_VIT = BackbonePreset(('patch_embed',), dict(out_type='featmap'))

PRESETS = {
    'ResNet': _RESNET,
    'NonLocalResNet': _RESNET,
    'ResNeXt': _RESNET,
    'SEResNet': _RESNET,
    'ConvNeXt': BackbonePreset(
        ('downsample_layers.0',), dict(gap_before_final_norm=False)
    ),
    'RawConvNeXt': BackbonePreset(('downsample_layers.0',)),
    'SwinTransformer': _SWIN,
    'SwinTransformerV2': _SWIN,
    'VisionTransformer': _VIT,
    'MobileNetV3': BackbonePreset(('layer0',)),
}


def find_preset(backbone_type: str) -> BackbonePreset | None:
    """Return the preset of a backbone type.

    Args:
        backbone_type (str): The registered name, with or without its scope,
            e.g. ``'mmpretrain.ResNet'``.

    Returns:
        BackbonePreset | None: The preset, or None for a family without one.
    """
    return PRESETS.get(backbone_type.rsplit('.', 1)[-1])
