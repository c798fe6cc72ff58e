"""ConvNeXt as detectors want it: without a norm behind a stage."""

from mmpretrain.models.backbones import ConvNeXt
from torch import nn

from mmvireid.registry import MODELS


@MODELS.register_module()
class RawConvNeXt(ConvNeXt):
    """mmpretrain's ConvNeXt whose outputs are those of its stages.

    mmpretrain puts a layer norm behind every output; SPNet's pyramid takes
    the maps as torchvision's ConvNeXt gives them.

    Args:
        *args: Positional arguments of mmpretrain's ``ConvNeXt``.
        **kwargs: Keyword arguments of mmpretrain's ``ConvNeXt``.
    """

    def __init__(self, *args, **kwargs) -> None:
        kwargs['gap_before_final_norm'] = False
        super().__init__(*args, **kwargs)
        for index in self.out_indices:
            setattr(self, f'norm{index}', nn.Identity())

    def train(self, mode: bool = True) -> 'RawConvNeXt':
        """Switch between training and testing.

        Args:
            mode (bool): Whether to train. Defaults to True.

        Returns:
            RawConvNeXt: Itself; mmpretrain's returns nothing.
        """
        super().train(mode)
        return self
