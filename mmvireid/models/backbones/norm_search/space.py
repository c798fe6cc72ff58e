"""Which norms of a backbone can be separated, and in which order they come."""

import re
from collections.abc import Sequence

from torch import nn

#: class names of the norms that are looked for, subclasses included
NORM_TYPES = ('_BatchNorm', 'LayerNorm')
_SHORTCUT = re.compile(r'(.+)\.downsample\.\d+')


def find_norms(
    backbone: nn.Module, norm_types: Sequence[str] = NORM_TYPES
) -> list:
    """List the norms of a backbone that have weights.

    They come in the order of their definition, but for the norm of a
    residual block's shortcut (``downsample.1``), which goes before those of
    the block: this is the order of CM-NAS's released code on ResNets.

    Args:
        backbone (nn.Module): The plain backbone.
        norm_types (Sequence[str]): Class names, such as ``'BatchNorm2d'``;
            subclasses count. Defaults to all batch and layer norms.

    Returns:
        list[str]: The names of the norms.

    Raises:
        ValueError: If there is none.
    """
    names = [
        name
        for name, module in backbone.named_modules()
        if _is_a(module, norm_types)
        and getattr(module, 'weight', None) is not None
    ]
    if not names:
        kinds = {type(module).__name__ for module in backbone.modules()}
        norms = sorted(kind for kind in kinds if 'norm' in kind.lower())
        raise ValueError(
            f'{type(backbone).__name__} has no norm of the types '
            f'{list(norm_types)}. It has {norms or sorted(kinds)}; name some '
            'in norm_types.'
        )
    return _shortcuts_first(names)


def _is_a(module: nn.Module, types: Sequence[str]) -> bool:
    return any(base.__name__ in types for base in type(module).__mro__)


def _shortcuts_first(names: list) -> list:
    ordered = list(names)
    for name in names:
        match = _SHORTCUT.fullmatch(name)
        if match:
            ordered.remove(name)
            block = f'{match[1]}.'
            first = next(
                (i for i, n in enumerate(ordered) if n.startswith(block)),
                len(ordered),
            )
            ordered.insert(first, name)
    return ordered
