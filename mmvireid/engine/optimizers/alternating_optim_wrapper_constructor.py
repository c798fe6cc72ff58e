"""From a config to two optimisers that take turns."""

from mmengine.optim import DefaultOptimWrapperConstructor
from torch import nn
from torch.optim import Optimizer

from mmvireid.registry import (
    OPTIM_WRAPPER_CONSTRUCTORS,
    OPTIM_WRAPPERS,
    OPTIMIZERS,
)
from mmvireid.utils.model import plain_model

from .alternating_optim_wrapper import AlternatingOptimWrapper


@OPTIM_WRAPPER_CONSTRUCTORS.register_module()
class AlternatingOptimWrapperConstructor(DefaultOptimWrapperConstructor):
    """Builds an :class:`AlternatingOptimWrapper`.

    A config reads::

        optim_wrapper = dict(
            constructor='AlternatingOptimWrapperConstructor',
            optimizer=dict(type='SGD', lr=0.1),  # and paramwise_cfg
            architecture=dict(optimizer=dict(type='Adam', lr=3e-4)),
        )

    ``type`` is that of either wrapper, so that ``tools/train.py --amp``
    makes both wrappers of mixed precision.

    Args:
        optim_wrapper_cfg (dict): As for mmengine's constructor, and
            ``architecture``, whose ``optimizer`` is that of all that the
            model's parts return from ``architecture_parameters()``; its
            other keys override those of the network's wrapper, of which
            ``clip_grad`` is not taken over.
        paramwise_cfg (dict, optional): Options of the network's parameters.

    Raises:
        ValueError: If ``architecture`` is missing, or the model has no such
            parameters.
    """

    def __init__(
        self, optim_wrapper_cfg: dict, paramwise_cfg: dict | None = None
    ) -> None:
        cfg = dict(optim_wrapper_cfg)
        if 'optimizer' not in cfg.get('architecture', {}):
            raise ValueError(
                'optim_wrapper needs the optimiser of the architecture, '
                "architecture=dict(optimizer=dict(type='Adam', lr=3e-4)), "
                f'but it holds {sorted(cfg)}.'
            )
        self.architecture_cfg = dict(cfg.pop('architecture'))
        super().__init__(cfg, paramwise_cfg)

    def __call__(self, model: nn.Module) -> AlternatingOptimWrapper:
        """Build both optimisers.

        Args:
            model (nn.Module): The model, wrapped or not.

        Returns:
            AlternatingOptimWrapper: Their wrapper.
        """
        model = plain_model(model)
        parameters = [
            parameter
            for module in model.modules()
            if hasattr(module, 'architecture_parameters')
            for parameter in module.architecture_parameters()
        ]
        if not parameters:
            raise ValueError(
                f'{type(model).__name__} has no architecture weights to '
                'optimise. Use a backbone of type NormSearchTwoStream.'
            )
        network = super().__call__(model)
        _leave_out(network.optimizer, parameters)
        cfg = {k: v for k, v in self.optim_wrapper_cfg.items()
               if k != 'clip_grad'}  # fmt: skip
        cfg = {'type': 'OptimWrapper', **cfg, **self.architecture_cfg}
        cfg['optimizer'] = OPTIMIZERS.build(
            {**cfg['optimizer'], 'params': parameters}
        )
        return AlternatingOptimWrapper(network, OPTIM_WRAPPERS.build(cfg))


def _leave_out(optimizer: Optimizer, parameters: list) -> None:
    """Take parameters out of an optimiser that has not stepped yet."""
    left = {id(parameter) for parameter in parameters}
    for group in optimizer.param_groups:
        group['params'] = [p for p in group['params'] if id(p) not in left]
    optimizer.param_groups[:] = [
        group for group in optimizer.param_groups if group['params']
    ]
