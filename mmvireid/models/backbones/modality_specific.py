"""A visible and an infrared copy of one module."""

import copy
from dataclasses import dataclass
from typing import Any

import torch
from mmengine.model import BaseModule
from torch import Tensor, nn


@dataclass
class BatchSplit:
    """Where a batch passes from visible to infrared.

    One object is owned by the wrapper of a backbone and shared by all of its
    :class:`ModalitySpecific` modules. It is set at the start of a forward
    and stays, so that activation checkpointing can recompute.

    Attributes:
        num_visible (int): How many samples, from the first, are visible.
        batch_size (int): The number of samples.
    """

    num_visible: int = 0
    batch_size: int = 0

    def position(self, rows: int) -> int:
        """Return the first infrared row of a tensor.

        Args:
            rows (int): The tensor's length; a multiple of the batch size
                where a module sees several rows of one image (the windows
                of a Swin block).

        Returns:
            int: The row at which the infrared part begins.

        Raises:
            ValueError: If the rows cannot be divided among the images.
        """
        if not self.batch_size or rows % self.batch_size:
            raise ValueError(
                f'A modality-specific module got {rows} rows, which are not '
                f'a multiple of the {self.batch_size} images in the batch. '
                'Call it through its TwoStream wrapper, and name in '
                '"specific" only modules whose first dimension is the batch.'
            )
        return self.num_visible * (rows // self.batch_size)


class ModalitySpecific(BaseModule):
    """Holds one copy of a module for each modality and routes the batch.

    Each part of the batch goes through its own copy, and a batch of a single
    modality through one copy only. A load-state hook fills both copies from
    the keys of the plain module, so that ordinary checkpoints load. Unknown
    attributes are those of the visible copy.

    Args:
        module (nn.Module): The module to duplicate; it becomes the visible
            copy.
        split (BatchSplit): The split that the wrapper sets.
    """

    #: names of the copies; the first is the module itself
    COPIES: tuple = ('visible', 'infrared')

    def __init__(self, module: nn.Module, split: BatchSplit) -> None:
        super().__init__()
        self.visible = module
        for name in self.COPIES[1:]:
            setattr(self, name, copy.deepcopy(module))
        self.split = split

    def __getattr__(self, name: str) -> Any:
        try:
            return super().__getattr__(name)
        except AttributeError:
            modules = self.__dict__.get('_modules', {})
            if 'visible' not in modules:
                raise
            return getattr(modules['visible'], name)

    def forward(self, x: Tensor, *args, **kwargs) -> Any:
        """Route ``x`` through the copies.

        Args:
            x (Tensor): ``(B, ...)``, visible first, infrared after.
            *args: Passed on to both copies.
            **kwargs: Passed on to both copies.

        Returns:
            Any: What the module returns. Of a tuple the tensors are joined
            and the rest (the size of a token map) is kept.
        """
        position = self.split.position(x.shape[0])
        if position == x.shape[0]:
            return self.visible(x, *args, **kwargs)
        if position == 0:
            return self.infrared(x, *args, **kwargs)
        # One split instead of two slices: its gradient is a single copy.
        visible, infrared = x.split((position, x.shape[0] - position))
        return _join(
            self.visible(visible, *args, **kwargs),
            self.infrared(infrared, *args, **kwargs),
        )

    def equalise_copies(self) -> None:
        """Make the other copies equal to the visible one."""
        for name in self.COPIES[1:]:
            getattr(self, name).load_state_dict(self.visible.state_dict())

    def _load_from_state_dict(self, state_dict, prefix, *args) -> None:
        own = tuple(f'{name}.' for name in self.COPIES)
        for key in [k for k in state_dict if k.startswith(prefix)]:
            name = key[len(prefix) :]
            if not name.startswith(own) and name not in self._parameters:
                value = state_dict.pop(key)
                for copied in own:
                    state_dict.setdefault(f'{prefix}{copied}{name}', value)
        super()._load_from_state_dict(state_dict, prefix, *args)


def _join(visible: Any, infrared: Any) -> Any:
    """Join the outputs of the two copies along the batch dimension."""
    if isinstance(visible, Tensor):
        return torch.cat((visible, infrared))
    if isinstance(visible, (tuple, list)):
        pairs = zip(visible, infrared, strict=True)
        return type(visible)(
            _join(v, i) if isinstance(v, Tensor) else v for v, i in pairs
        )
    raise TypeError(
        'A modality-specific module must return a tensor or a tuple with '
        f'tensors, but it returned {type(visible).__name__}. Name another '
        'module in "specific".'
    )
