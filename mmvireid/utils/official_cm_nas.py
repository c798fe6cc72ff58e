"""The names of the weights in CM-NAS's own checkpoints.

Their network (Fu et al., ICCV 2021) is a ResNet-50 that holds three batch
norms for each of its 53: a shared one, a visible and a thermal one. The
searched configuration, a file of 53 integers, says which of them it uses.
"""

import re
from collections.abc import Mapping

from torch import Tensor

_BODY = 'backbone.backbone'
#: our names of the copies of a norm; the shared one is a plain norm
_COPIES = {
    'visible_bn': '.visible',
    'thermal_bn': '.infrared',
    'sharable_bn': '',
}
_NORM = re.compile(rf'(.+)\.({"|".join(_COPIES)})\.(\w+)')


def convert_official_cm_nas(
    state_dict: Mapping[str, Tensor], separate: Mapping[str, bool]
) -> tuple[dict, list]:
    """Rename the weights of the official CM-NAS to ours.

    The result fits a :class:`CrossModalityModel` with a ResNet-50 in which
    the same norms are separate, a ``BNNeck``, and an ``IdentityHead`` named
    ``id``.

    Args:
        state_dict (Mapping[str, Tensor]): The official weights, with or
            without the prefix ``module.`` of a parallel model.
        separate (Mapping[str, bool]): Whether each of our norms is separate,
            see :func:`~mmvireid.models.backbones.read_architecture`.

    Returns:
        tuple[dict[str, Tensor], list[str]]: Our weights, and the sorted
        official keys that were not used.

    Raises:
        ValueError: If the norms differ from those of the architecture, or
            the classifier is missing.
    """
    converted, unused, found = {}, [], set()
    for official, value in state_dict.items():
        key = official.removeprefix('module.')
        match = _NORM.fullmatch(_plain(key))
        if match is None:
            converted[_renamed(_plain(key))] = value
            continue
        name = match[1].removeprefix('backbone.')
        found.add(f'{name}.{match[2]}')
        # The norms that are not chosen were never trained.
        if (match[2] != 'sharable_bn') == separate.get(name):
            copied = _COPIES[match[2]]
            converted[f'{_BODY}.{name}{copied}.{match[3]}'] = value
        else:
            unused.append(key)
    expected = {f'{name}.{copied}' for name in separate for copied in _COPIES}
    if found != expected:
        missing, unknown = expected - found, found - expected
        raise ValueError(
            'The checkpoint must hold three copies of each of the '
            f'{len(separate)} norms of the architecture, but it lacks '
            f'{len(missing)} copies ({sorted(missing)[:3]}) and has '
            f'{len(unknown)} others ({sorted(unknown)[:3]}). Pass a '
            'checkpoint of CM-NAS and the configuration that it was trained '
            'with.'
        )
    if 'heads.id.fc.weight' not in converted:
        raise ValueError(
            'The checkpoint must hold the classifier ("classifier.weight"), '
            'as the released ones do, but it does not.'
        )
    return converted, sorted(unused)


def _plain(key: str) -> str:
    """Name the parts of a shortcut as every ResNet does."""
    return key.replace('.downsample.conv.', '.downsample.0.').replace(
        '.downsample.bn.', '.downsample.1.'
    )


def _renamed(key: str) -> str:
    if key.startswith('bnneck.'):
        return key.replace('bnneck.', 'neck.bn.', 1)
    if key.startswith('classifier.'):
        return key.replace('classifier.', 'heads.id.fc.', 1)
    return key.replace('backbone.', f'{_BODY}.', 1)
