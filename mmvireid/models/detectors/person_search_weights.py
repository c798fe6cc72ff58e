"""Weights from one person detector to another."""

from collections import Counter
from collections.abc import Collection

from mmengine.logging import print_log
from torch import nn

from mmvireid.models.backbones.pretrained import read_pretrained
from mmvireid.utils.errors import ForeignWeightsError
from mmvireid.utils.training_history import seen_data

#: what belongs to a training and not to the detector
LEFT = ('teacher.', 'memory.', 'roi_head.loss_reid.', 'data_preprocessor.')
REID, LOCATE = 'roi_head.reid.', 'roi_head.locate.'
STAGES = 'bbox_head.stages.'
PROJECTIONS = '.projection'


def load_person_search_weights(
    model: nn.Module, checkpoint: str, replicate: bool = False
) -> list:
    """Start a person detector from another one, and print what went where.

    SPNet (WACV 2025), supplement, Sec. 9.2. The other may have fewer stages
    and heads. From shared to separate heads, the copy of the last stage goes
    to the first head of localisation too, and the projections are drawn
    anew. Queues, tables and teachers stay behind.

    Args:
        model (nn.Module): The detector; its weights are replaced.
        checkpoint (str): File or address of the other one's weights.
        replicate (bool): Whether stages and heads that the other lacks start
            from its first ones, the paper's PT-Rep. Defaults to False, its
            PT: they keep their own start.

    Returns:
        list[dict]: The data that the checkpoint has learned from, see
        :func:`~mmvireid.utils.training_history.seen_data`.

    Raises:
        FileNotFoundError: If there is no such file.
        ForeignWeightsError: If the checkpoint holds weights that the model
            has no place for, or that have another shape.
    """
    loaded = read_pretrained(checkpoint)
    weights = loaded.get('state_dict', loaded)
    wanted = model.state_dict()
    sources = map_keys(weights, wanted, replicate)
    misshapen = [
        target
        for target, source in sources.items()
        if target in wanted and wanted[target].shape != weights[source].shape
    ]
    body = [target for target in misshapen if PROJECTIONS not in target]
    if body:
        raise ForeignWeightsError(
            f'"{checkpoint}" is of another network: {len(body)} of its '
            f'weights have another shape, such as {", ".join(body[:3])}. '
            'Only the projections of the embeddings may differ.'
        )
    for target in misshapen:
        del sources[target]
    keys = model.load_state_dict(
        {target: weights[source] for target, source in sources.items()},
        strict=False,
    )
    if keys.unexpected_keys:
        raise ForeignWeightsError(
            f'"{checkpoint}" holds {len(keys.unexpected_keys)} weights that '
            'the model has no place for: '
            f'{", ".join(keys.unexpected_keys[:5])}, ... . It must be of a '
            'person detector with the same backbone, and with no more stages '
            'and heads than the model has.'
        )
    missing = [key for key in keys.missing_keys if not key.startswith(LEFT)]
    lines = [f'Weights from "{checkpoint}":', *describe(sources)]
    lines += [f'  drawn anew: {key}' for key in missing]
    print_log('\n'.join(lines), logger='current')
    return seen_data(loaded)


def map_keys(
    given: Collection[str], wanted: Collection[str], replicate: bool
) -> dict:
    """Say which weight comes from where.

    Args:
        given (Collection[str]): The checkpoint's keys.
        wanted (Collection[str]): The model's keys.
        replicate (bool): Whether to fill stages and heads that the
            checkpoint lacks from its first ones.

    Returns:
        dict[str, str]: The checkpoint's key for each of the model's.
    """
    sources = {key: key for key in given if not key.startswith(LEFT)}
    if _has(wanted, LOCATE) and not _has(given, LOCATE):
        sources = {
            target: source
            for target, source in sources.items()
            if not target.startswith(f'{REID}projections.')
        }
        _copy(sources, REID, f'{LOCATE}0.')
    if replicate:
        for group in (STAGES, LOCATE):
            for number in _numbers(wanted, group) - _numbers(given, group):
                _copy(sources, f'{group}0.', f'{group}{number}.', wanted)
    return sources


def describe(sources: dict) -> list:
    """Summarise a map of keys, a line for each pair of parts.

    Args:
        sources (dict[str, str]): The checkpoint's key for each of the
            model's.

    Returns:
        list[str]: Such as ``'  bbox_head.stages.0 -> bbox_head.stages.1: 12
        weights'``.
    """
    parts = Counter(
        (_part(source), _part(target)) for target, source in sources.items()
    )
    return [
        f'  {source} -> {target}: {number} weights'
        for (source, target), number in sorted(parts.items())
    ]


def _part(key: str) -> str:
    """Return the part that a weight belongs to, with its number if any."""
    names = key.split('.')
    numbered = key.startswith((STAGES, LOCATE))
    return '.'.join(names[: 3 if numbered else 2])


def _has(keys: Collection[str], prefix: str) -> bool:
    return any(key.startswith(prefix) for key in keys)


def _numbers(keys: Collection[str], group: str) -> set:
    """Return the numbers of a group's members, without the first."""
    members = {
        int(key.removeprefix(group).split('.')[0])
        for key in keys
        if key.startswith(group)
    }
    return members - {0}


def _copy(
    sources: dict, first: str, other: str, wanted: Collection[str] = ()
) -> None:
    """Let a part have the weights of another, as far as it wants them."""
    for target, source in list(sources.items()):
        copied = other + target.removeprefix(first)
        if target.startswith(first) and (not wanted or copied in wanted):
            sources[copied] = source
