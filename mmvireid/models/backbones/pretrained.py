"""Backbone weights from a checkpoint of another training."""

import logging
import re

from mmengine.logging import print_log
from mmengine.runner import CheckpointLoader
from torch import nn

from mmvireid.utils.errors import ForeignWeightsError
from mmvireid.utils.state_dict import leave_misshapen
from mmvireid.utils.training_history import seen_data

#: what sets the names of modality-specific modules apart from plain ones
COPIES = re.compile(r'\.(visible|infrared|shared)(?=\.)')


def read_pretrained(checkpoint: str) -> dict:
    """Read the checkpoint that a training starts from.

    Args:
        checkpoint (str): File or address.

    Returns:
        dict: What it holds.

    Raises:
        FileNotFoundError: If there is no such file.
    """
    try:
        return CheckpointLoader.load_checkpoint(checkpoint, 'cpu')
    except FileNotFoundError as error:
        raise FileNotFoundError(
            f'{error} Training starts from it: name it in init_cfg (of a '
            'person detector in model.pretrained.checkpoint), or in the '
            'environment variable that the config takes it from, such as '
            'MMGL_CHECKPOINT, TOP_CHECKPOINT or SPNET_CHECKPOINT.'
        ) from error


def load_pretrained(module: nn.Module, checkpoint: str, prefix: str) -> list:
    """Load the part of a checkpoint below a prefix, and tell what was loaded.

    Args:
        module (nn.Module): Where the weights go.
        checkpoint (str): File or address.
        prefix (str): What the wanted keys begin with, such as
            ``'backbone.'``, with or without the dot; all others are left.
            May be empty.

    Returns:
        list[dict]: The data that the checkpoint has learned from, see
        :func:`~mmvireid.utils.training_history.seen_data`.

    Raises:
        FileNotFoundError: If there is no such file.
        ForeignWeightsError: If no weight below the prefix fits the module,
            or more have another shape than fit.
    """
    if prefix and not prefix.endswith('.'):
        prefix += '.'
    loaded = read_pretrained(checkpoint)
    weights = loaded.get('state_dict', loaded)
    wanted = {
        key.removeprefix(prefix): value
        for key, value in weights.items()
        if key.startswith(prefix)
    }
    misshapen, handles = leave_misshapen(module)
    keys = module.load_state_dict(wanted, strict=False)
    for handle in handles:
        handle.remove()
    missing = [key for key in keys.missing_keys if key not in misshapen]
    # One plain weight goes to both copies of a two-stream module.
    left = {key if key in wanted else COPIES.sub('', key) for key in misshapen}
    found = len(wanted) - len(keys.unexpected_keys) - len(left)
    if not found:
        some = ', '.join(list(weights)[:5])
        raise ForeignWeightsError(
            f'No weight of "{checkpoint}" below "{prefix}" fits '
            f'{type(module).__name__}. The checkpoint holds {some}, ... . '
            "Set the prefix in init_cfg=dict(type='Pretrained', "
            "checkpoint=..., prefix='backbone.'), or use the config that "
            'the checkpoint was trained with.'
        )
    if len(left) > found:
        raise ForeignWeightsError(
            f'"{checkpoint}" is of another network: {len(left)} of its '
            f'weights have another shape than those of '
            f'{type(module).__name__}, such as {", ".join(misshapen[:3])}, '
            f'and {found} fit. Use the config that the checkpoint was '
            'trained with, or name another checkpoint.'
        )
    report = {
        f'{len(weights) - len(wanted)} weights outside "{prefix}" left': [],
        f'{len(missing)} missing': missing,
        f'{len(keys.unexpected_keys)} unexpected': keys.unexpected_keys,
        f'{len(misshapen)} of another shape': misshapen,
    }
    lines = [
        title + (f': {", ".join(names)}' if names else '')
        for title, names in report.items()
    ]
    print_log(
        f'Loaded {found} weights from "{checkpoint}"; ' + '; '.join(lines),
        logger='current',
        level=logging.WARNING if misshapen else logging.INFO,
    )
    return seen_data(loaded)
