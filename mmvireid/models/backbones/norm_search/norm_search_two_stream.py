"""A backbone whose norms are being searched."""

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn.modules.batchnorm import _BatchNorm

from mmvireid.models.layers import gumbel_noise
from mmvireid.registry import MODELS

from ..modality_specific import ModalitySpecific
from ..two_stream import TwoStream
from .mixed_batch_norm import MixedBatchNorm
from .mixed_norm import MixedNorm
from .relaxation import NormRelaxation
from .space import NORM_TYPES, find_norms


@MODELS.register_module()
class NormSearchTwoStream(TwoStream):
    """A backbone in which every norm is both shared and separate.

    The supernet of CM-NAS (Fu et al., ICCV 2021, Sec. 3.3): each norm is a
    mixture of a shared one and of one for each modality; all other weights
    are shared. The larger architecture weight says what a norm will be.

    The code of the search was not released. In that of the network a cell
    holds the ReLU that follows a norm, so the paper may mix behind it; mixed
    here are the norms themselves, as one affine map (a reconstruction).

    Args:
        backbone (dict): As :class:`TwoStream`.
        norm_types (Sequence[str]): Which norms are searched, see
            :func:`.space.find_norms`. Defaults to all batch and layer norms.
        relaxation (str): How architecture weights become shares:
            ``'softmax'``, ``'gumbel'`` or ``'gumbel_hard'``, see
            :class:`.relaxation.NormRelaxation`. Noise is drawn in training
            only. Defaults to ``'softmax'``.
        temperature (float): Divides the architecture weights; may be
            scheduled as ``backbone.temperature``. It is part of the state.
            Defaults to 1.
        init_cfg (dict | list[dict], optional): As :class:`TwoStream`.

    Attributes:
        norm_names (list[str]): The norms, in the order of
            :func:`.space.find_norms`.

    Raises:
        ValueError: If the backbone has no such norm or an argument is out of
            its range.
    """

    def __init__(
        self,
        backbone: dict,
        norm_types: Sequence[str] = NORM_TYPES,
        relaxation: str = 'softmax',
        temperature: float = 1.0,
        init_cfg: dict | list | None = None,
    ) -> None:
        super().__init__(backbone, specific=[], init_cfg=init_cfg)
        self.relaxation = NormRelaxation(relaxation, temperature)
        self.register_buffer(
            'temperature_now', torch.tensor(float(temperature))
        )
        self.norm_names = find_norms(self.backbone, norm_types)
        for name in self.norm_names:
            self._make_specific(name)

    def _route(self, module: nn.Module) -> ModalitySpecific:
        mixed = MixedBatchNorm if isinstance(module, _BatchNorm) else MixedNorm
        return mixed(module, self.split, self.relaxation)

    @property
    def temperature(self) -> float:
        """float: What divides the architecture weights."""
        return float(self.temperature_now)

    @temperature.setter
    def temperature(self, value: float) -> None:
        if value <= 0:
            raise ValueError(f'temperature must be positive, but is {value}.')
        self.temperature_now.fill_(value)

    def forward(self, x: Tensor, num_visible: int) -> tuple:
        """Compute the feature maps of a batch, see :class:`TwoStream`."""
        self.relaxation.temperature = self.temperature_now
        norms = self.routed_modules
        noise = [None] * len(norms)
        if self.training and self.relaxation.draws:
            noise = gumbel_noise(x.new_empty((len(norms), 2)).float())
        for norm, row in zip(norms, noise, strict=True):
            norm.noise = row
        return super().forward(x, num_visible)

    def architecture_parameters(self) -> list:
        """Return what the search optimises besides the network.

        Returns:
            list[nn.Parameter]: The weights ``(2,)`` of each norm.
        """
        return [norm.architecture for norm in self.routed_modules]

    def separate_probabilities(self) -> Tensor:
        """Tell how far each norm is towards being separate.

        Returns:
            Tensor: ``(N,)`` in [0, 1], in the order of ``norm_names``: the
            softmax of the architecture weights at temperature 1.
        """
        weights = torch.stack(self.architecture_parameters()).detach()
        return weights.float().softmax(dim=-1)[:, 0].cpu()

    def architecture(self) -> dict:
        """Discretise the search, see :meth:`discretise`."""
        return self.discretise(self.norm_names, self.architecture_parameters())

    @staticmethod
    def discretise(names: Sequence[str], weights: Sequence[Tensor]) -> dict:
        """Choose the candidate of the larger weight for each norm.

        Args:
            names (Sequence[str]): The norms.
            weights (Sequence[Tensor]): Their weights ``(2,)``, of separate
                and shared.

        Returns:
            dict[str, bool]: Whether each norm is separate; a norm without
            preference is shared.
        """
        table = torch.stack(list(weights)).tolist()
        return {
            name: separate > shared
            for name, (separate, shared) in zip(names, table, strict=True)
        }
