"""Any backbone with any of its modules made modality-specific."""

import difflib
from collections.abc import Sequence

import torch
from mmengine.model import BaseModule
from torch import Tensor, nn

from mmvireid.registry import MODELS, TASK_UTILS

from .modality_specific import BatchSplit, ModalitySpecific
from .presets import PRESETS, find_preset
from .pretrained import load_pretrained


@MODELS.register_module()
class TwoStream(BaseModule):
    """Wraps a backbone and duplicates the modules that are named.

    ``specific=[]`` is the one-stream network, ``specific='stem'`` the
    two-stream network of Ye et al. (TPAMI 2021, Sec. 5), and deeper splits
    name more modules. At the start both copies are equal, so the outputs
    equal those of the plain backbone to the last bit.

    Args:
        backbone (dict): Config of the backbone, e.g. any of mmpretrain's or
            ``mmpretrain.TIMMBackbone``. Options that its family needs to
            return a feature map (:mod:`.presets`) are added if not set.
        specific (str | Sequence[str] | dict): Names of the submodules that
            each modality has for itself, e.g. ``['conv1', 'bn1',
            'layer1']``, or ``'stem'`` for the stem of a family in
            :mod:`.presets`, or the config of a rule that names them, such
            as :class:`~mmvireid.models.backbones.NormArchitecture`.
        independent_init (bool): Whether the random initial weights of the
            two copies are drawn separately. Defaults to False: the infrared
            copy starts as the visible one. Pre-trained weights are loaded
            afterwards in either case.
        searched_on (dict, optional): The ``metainfo`` of the data that
            ``specific`` was searched on; it counts as pre-training data.
            Defaults to None: not searched.
        init_cfg (dict | list[dict], optional): Initialisation of the whole,
            such as ``dict(type='Pretrained', checkpoint=...,
            prefix='backbone.')`` to go on from the backbone of another
            model of this toolbox.

    Attributes:
        pretrained_on (list[dict]): The ``dataset_meta`` of all trainings
            that the loaded weights come from, as far as they tell, and
            ``searched_on``.

    Raises:
        ValueError: If a name in ``specific`` is unknown or lies within
            another one, or ``'stem'`` is asked of an unknown family.
    """

    def __init__(
        self,
        backbone: dict,
        specific: str | Sequence[str] | dict = 'stem',
        independent_init: bool = False,
        searched_on: dict | None = None,
        init_cfg: dict | list | None = None,
    ) -> None:
        super().__init__(init_cfg=init_cfg)
        self.backbone = build_plain(backbone)
        self.independent_init = independent_init
        self.split = BatchSplit()
        self._searched_on = [searched_on] if searched_on else []
        self.pretrained_on = list(self._searched_on)
        self._routed = []
        for name in specific_names(self.backbone, specific, backbone['type']):
            self._make_specific(name)
        # Loaded after the copies were made equal, see `init_weights`.
        self._pretrained = [
            (module, _take_pretrained(module))
            for module in (self.backbone, self)
        ]

    def _make_specific(self, name: str) -> None:
        parent_name, _, attribute = name.rpartition('.')
        parent = self.backbone.get_submodule(parent_name)
        routed = self._route(getattr(parent, attribute))
        setattr(parent, attribute, routed)
        self._routed.append(name)

    def _route(self, module: nn.Module) -> ModalitySpecific:
        return ModalitySpecific(module, self.split)

    @property
    def routed_modules(self) -> list:
        """list[ModalitySpecific]: The duplicated modules."""
        return [self.backbone.get_submodule(name) for name in self._routed]

    def init_weights(self) -> None:
        """Initialise at random, equalise the copies, load what is given."""
        if self.independent_init:
            # Not every backbone's initialisation reaches its stem.
            for routed in self.routed_modules:
                _draw_anew(routed)
        super().init_weights()
        if not self.independent_init:
            for routed in self.routed_modules:
                routed.equalise_copies()
        self.pretrained_on = list(self._searched_on)
        for module, configs in self._pretrained:
            for cfg in configs:
                self.pretrained_on += load_pretrained(
                    module, cfg['checkpoint'], cfg.get('prefix', '')
                )

    def forward(self, x: Tensor, num_visible: int) -> tuple:
        """Compute the feature maps of a batch.

        Args:
            x (Tensor): ``(B, 3, H, W)`` images, visible first.
            num_visible (int): How many are visible, 0 to ``B``.

        Returns:
            tuple[Tensor]: The backbone's outputs, each ``(B, C, h, w)``.

        Raises:
            ValueError: If ``num_visible`` is out of range.
            TypeError: If an output is not a 4-D map.
        """
        if not 0 <= num_visible <= x.shape[0]:
            raise ValueError(
                f'num_visible must lie in 0..{x.shape[0]} (the batch size), '
                f'but it is {num_visible}.'
            )
        self.split.num_visible = num_visible
        self.split.batch_size = x.shape[0]
        outputs = self.backbone(x)
        outputs = outputs if isinstance(outputs, tuple) else (outputs,)
        for output in outputs:
            self._check_map(output)
        self._guard_recomputation(outputs)
        return outputs

    def _check_map(self, output: Tensor) -> None:
        if isinstance(output, Tensor) and output.dim() == 4:
            return
        name = type(self.backbone).__name__
        found = getattr(output, 'shape', type(output).__name__)
        known = '; '.join(
            f'{family}: {preset.options}'
            for family, preset in PRESETS.items()
            if preset.options
        )
        raise TypeError(
            f'{name} must return 4-D feature maps (B, C, h, w), but an '
            f'output is {found}. Set the option that returns the map '
            f'before pooling. Known families use {known}.'
        )

    def _guard_recomputation(self, outputs: tuple) -> None:
        """Refuse to recompute checkpointed activations with another split.

        The modules read the split when they run. A checkpointed block runs
        again in backward; if another forward has changed the split by then,
        it would silently take the wrong branches.
        """
        # mmengine's activation_checkpointing replaces the method itself.
        recomputes = any(
            getattr(m, 'with_cp', False) or 'forward' in vars(m)
            for m in self.modules()
        )
        if not (recomputes and outputs[-1].requires_grad):
            return
        expected = (self.split.num_visible, self.split.batch_size)

        def check(grad: Tensor) -> None:
            found = (self.split.num_visible, self.split.batch_size)
            if found != expected:
                raise RuntimeError(
                    'With activation checkpointing (with_cp=True, or that '
                    'of mmengine) each forward must be followed by its '
                    f'backward: this one split its batch at {expected[0]} of '
                    f'{expected[1]}, but a later forward at {found[0]} of '
                    f'{found[1]}. Join both into one batch or do without it.'
                )

        outputs[-1].register_hook(check)


def feature_widths(backbone: TwoStream) -> list:
    """Find out how wide a backbone's outputs are, without computing them.

    Args:
        backbone (TwoStream): The wrapped backbone.

    Returns:
        list[int]: The channels of each output.
    """
    return [channels for channels, _, _ in feature_shapes(backbone)]


def feature_shapes(
    backbone: TwoStream, image_size: tuple = (224, 224)
) -> list:
    """Find out how large a backbone's outputs are, without computing them.

    Args:
        backbone (TwoStream): The wrapped backbone.
        image_size (tuple[int]): ``(H, W)`` of the imagined input.

    Returns:
        list[tuple[int]]: ``(C, h, w)`` of each output.
    """
    tensors = {**dict(backbone.named_parameters())}
    tensors.update(backbone.named_buffers())
    on_meta = {name: tensor.to('meta') for name, tensor in tensors.items()}
    images = torch.empty(2, 3, *image_size, device='meta')
    training = backbone.training
    backbone.eval()
    with torch.no_grad():
        outputs = torch.func.functional_call(backbone, on_meta, (images, 1))
    backbone.train(training)
    return [tuple(output.shape[1:]) for output in outputs]


def build_plain(backbone: dict) -> nn.Module:
    """Build a backbone with the options that its family needs.

    Args:
        backbone (dict): Config of the backbone.

    Returns:
        nn.Module: The backbone, which returns feature maps.
    """
    preset = find_preset(backbone['type'])
    options = preset.options if preset else {}
    return MODELS.build({**options, **backbone})


def specific_names(
    backbone: nn.Module,
    specific: str | Sequence[str] | dict,
    backbone_type: str,
) -> list:
    """List the submodules that ``specific`` names.

    Args:
        backbone (nn.Module): The plain backbone.
        specific (str | Sequence[str] | dict): As for :class:`TwoStream`.
        backbone_type (str): The backbone's registered name.

    Returns:
        list[str]: Their names.

    Raises:
        ValueError: As :class:`TwoStream`.
    """
    if isinstance(specific, dict):
        names = TASK_UTILS.build(specific).specific_names(backbone)
    else:
        names = _resolve_names(specific, backbone_type)
    _check_names(backbone, names)
    return names


def _resolve_names(specific: str | Sequence[str], backbone_type: str) -> list:
    if specific != 'stem':
        return [specific] if isinstance(specific, str) else list(specific)
    preset = find_preset(backbone_type)
    if preset is None:
        raise ValueError(
            f"specific='stem' is known for {sorted(PRESETS)}, but not for "
            f'{backbone_type}. Name the modules instead, e.g. '
            "specific=['conv1', 'bn1']."
        )
    return list(preset.stem)


def _check_names(backbone: nn.Module, names: list) -> None:
    known = [name for name, _ in backbone.named_modules() if name]
    for name in names:
        if name not in known:
            near = difflib.get_close_matches(name, known, n=5, cutoff=0.4)
            raise ValueError(
                f'specific names "{name}", but {type(backbone).__name__} has '
                f'no such submodule. Near ones: {near or known[:5]}.'
            )
    if len(set(names)) < len(names):
        raise ValueError(f'specific names a module twice: {names}.')
    for outer in names:
        for inner in names:
            if inner.startswith(f'{outer}.'):
                raise ValueError(
                    f'specific names "{inner}", which is part of "{outer}": '
                    'name only one of the two.'
                )


def _draw_anew(module: nn.Module) -> None:
    for part in module.modules():
        if hasattr(part, 'reset_parameters'):
            part.reset_parameters()


def _take_pretrained(module: BaseModule) -> list:
    """Take the pre-trained weights out of a module's initialisation."""
    configs = getattr(module, 'init_cfg', None) or []
    configs = [configs] if isinstance(configs, dict) else list(configs)
    pretrained = [cfg for cfg in configs if cfg['type'] == 'Pretrained']
    if pretrained:
        module.init_cfg = [cfg for cfg in configs if cfg not in pretrained]
    return pretrained
