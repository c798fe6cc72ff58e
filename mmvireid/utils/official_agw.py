"""The names of the weights in AGW's and CAJ's own checkpoints.

Their network (Ye et al., TPAMI 2021 and ICCV 2021) holds three full
ResNet-50s, and uses the stems of two of them and the body of the third.
"""

from collections.abc import Callable

from torch import Tensor

_NORM = (
    'weight',
    'bias',
    'running_mean',
    'running_var',
    'num_batches_tracked',
)
_CONV = ('weight', 'bias')
_BLOCKS = {'layer1': 3, 'layer2': 4, 'layer3': 6, 'layer4': 3}
_NON_LOCAL = {'NL_2': ('layer2', (2, 3)), 'NL_3': ('layer3', (3, 4, 5))}
_BODY = 'backbone.backbone'


def official_agw_keys(non_local: bool = True) -> dict:
    """List the weights that the official network uses.

    Args:
        non_local (bool): Whether it has non-local blocks.

    Returns:
        dict[str, str]: Our key of each official key.
    """
    return {
        'classifier.weight': 'heads.id.fc.weight',
        **_renamed('bottleneck', 'neck.bn', _NORM),
        **official_encoder_keys(non_local),
    }


def official_encoder_keys(non_local: bool = True) -> dict:
    """List the weights of the official network's encoder.

    Args:
        non_local (bool): Whether it has non-local blocks.

    Returns:
        dict[str, str]: Our key of each official key.
    """
    keys = {}
    streams = {
        'visible': 'visible_module.visible',
        'infrared': 'thermal_module.thermal',
    }
    for ours, theirs in streams.items():
        keys[f'{theirs}.conv1.weight'] = f'{_BODY}.conv1.{ours}.weight'
        keys.update(_renamed(f'{theirs}.bn1', f'{_BODY}.bn1.{ours}', _NORM))
    for stage, count in _BLOCKS.items():
        for i in range(count):
            for name in _bottleneck_keys(with_downsample=i == 0):
                name = f'{stage}.{i}.{name}'
                keys[f'base_resnet.base.{name}'] = f'{_BODY}.{name}'
    if non_local:
        for theirs, (stage, blocks) in _NON_LOCAL.items():
            for i, block in enumerate(blocks):
                ours = f'{_BODY}.{stage}.{block}.non_local'
                keys.update(_non_local_keys(f'{theirs}.{i}', ours))
    return keys


def convert_official_agw(state_dict: dict) -> tuple[dict, list]:
    """Rename the weights of the official AGW or CAJ to ours.

    The result fits a :class:`CrossModalityModel` with a two-stream
    ResNet-50, which is a ``NonLocalResNet`` if the official one had non-local
    blocks, a ``BNNeck``, and an ``IdentityHead`` named ``id``.

    Args:
        state_dict (dict[str, Tensor]): The official weights, with or without
            the prefix ``module.`` of a parallel model.

    Returns:
        tuple[dict[str, Tensor], list[str]]: Our weights, and the sorted
        official keys that were not used.

    Raises:
        ValueError: If a weight that the network needs is not there.
    """
    return rename_official(state_dict, official_agw_keys)


def rename_official(
    state_dict: dict, list_keys: Callable
) -> tuple[dict, list]:
    """Rename official weights to ours.

    Args:
        state_dict (dict[str, Tensor]): The official weights, with or without
            the prefix ``module.`` of a parallel model.
        list_keys (Callable): Gives our key of each official key, told
            whether there are non-local blocks.

    Returns:
        tuple[dict[str, Tensor], list[str]]: Our weights, and the sorted
        official keys that were not used.

    Raises:
        ValueError: If a weight that the network needs is not there.
    """
    theirs = {_plain(key): value for key, value in state_dict.items()}
    non_local = any(key.startswith('NL_') for key in theirs)
    keys = list_keys(non_local)
    missing = sorted(set(keys) - set(theirs))
    if missing:
        raise ValueError(
            f'The checkpoint lacks {len(missing)} of the {len(keys)} weights '
            'that the official two-stream ResNet-50 '
            f'{"with" if non_local else "without"} non-local blocks uses: '
            f'{_shortened(missing)}. It holds: {_shortened(sorted(theirs))}. '
            'Pass a checkpoint of that network.'
        )
    converted: dict[str, Tensor] = {
        ours: theirs[key] for key, ours in keys.items()
    }
    return converted, sorted(set(theirs) - set(keys))


def _plain(key: str) -> str:
    """Take off what does not tell weights apart."""
    # The value convolution stands in a sequence of one.
    return key.removeprefix('module.').replace('.g.0.', '.g.')


def _renamed(theirs: str, ours: str, suffixes: tuple) -> dict:
    return {f'{theirs}.{name}': f'{ours}.{name}' for name in suffixes}


def _bottleneck_keys(with_downsample: bool) -> list:
    names = []
    for i in (1, 2, 3):
        names.append(f'conv{i}.weight')
        names += [f'bn{i}.{suffix}' for suffix in _NORM]
    if with_downsample:
        names.append('downsample.0.weight')
        names += [f'downsample.1.{suffix}' for suffix in _NORM]
    return names


def _non_local_keys(theirs: str, ours: str) -> dict:
    keys = {}
    for name in ('theta', 'phi', 'g'):
        keys.update(_renamed(f'{theirs}.{name}', f'{ours}.{name}', _CONV))
    keys.update(_renamed(f'{theirs}.W.0', f'{ours}.project', _CONV))
    keys.update(_renamed(f'{theirs}.W.1', f'{ours}.norm', _NORM))
    return keys


def _shortened(names: list, length: int = 5) -> str:
    more = ', ...' if len(names) > length else ''
    return ', '.join(names[:length]) + more
