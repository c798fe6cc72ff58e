"""Files that say which norms are separate."""

import json
from collections.abc import Sequence
from difflib import get_close_matches
from pathlib import Path

from mmvireid.utils.atomic import write_atomically

#: the integers of the official format
SEPARATE, SHARED = 0, 1


def write_architecture(
    path: str | Path, separate: dict, searched_on: dict | None = None
) -> None:
    """Write which norms are separate.

    A file that ends in ``.json`` lists the names of the separate and of the
    shared norms, and the data of the search. Any other holds the official
    format (Fu et al., ICCV 2021): one line of integers, 0 for separate and
    1 for shared.

    Args:
        path (str | Path): The file.
        separate (dict[str, bool]): Whether each norm is separate, in the
            order of :func:`find_norms`.
        searched_on (dict, optional): The ``metainfo`` of the data that it
            was searched on. Defaults to None: not known.
    """
    if Path(path).suffix == '.json':
        content = dict(
            separate=[name for name, choice in separate.items() if choice],
            shared=[name for name, choice in separate.items() if not choice],
            searched_on=dict(searched_on or {}),
        )
        text = json.dumps(content, indent=2)
    else:
        numbers = (SEPARATE if c else SHARED for c in separate.values())
        text = ' '.join(map(str, numbers))
    write_atomically(path, f'{text}\n'.encode())


def read_architecture(path: str | Path, norms: Sequence[str]) -> dict:
    """Read which norms are separate, in either format.

    Args:
        path (str | Path): The file.
        norms (Sequence[str]): The norms of the backbone, in the order of
            :func:`find_norms`.

    Returns:
        dict[str, bool]: Whether each norm is separate.

    Raises:
        FileNotFoundError: If there is no such file.
        ValueError: If it does not speak of just these norms.
    """
    if not Path(path).is_file():
        raise FileNotFoundError(
            f'There is no architecture file "{path}". A search writes one '
            'to its work dir; name it in the environment variable '
            'CM_NAS_ARCHITECTURE or in specific.file.'
        )
    text = _read(path)
    if text.lstrip().startswith('{'):
        return _from_names(path, text, norms)
    return _from_integers(path, text, norms)


def read_searched_on(path: str | Path) -> dict:
    """Read on which data an architecture was searched.

    Args:
        path (str | Path): A file that :func:`read_architecture` can read.

    Returns:
        dict: The ``metainfo`` of the data; empty if the file does not tell.
    """
    text = _read(path)
    if not text.lstrip().startswith('{'):
        return {}
    return json.loads(text).get('searched_on', {})


def _read(path: str | Path) -> str:
    try:
        return Path(path).read_text()
    except UnicodeDecodeError as error:
        raise ValueError(
            f'"{path}" must be a text file that lists norms, but it is '
            'binary. Make one of a checkpoint of a search with '
            'tools/analysis/norm_architecture.py.'
        ) from error


def _from_names(path: str | Path, text: str, norms: Sequence[str]) -> dict:
    try:
        content = json.loads(text)
        separate, shared = set(content['separate']), set(content['shared'])
    except (ValueError, KeyError, TypeError) as error:
        raise ValueError(
            f'"{path}" must be a JSON object with the lists "separate" and '
            f'"shared", but reading it failed: {error!r}.'
        ) from error
    listed = separate | shared
    unknown, missing = sorted(listed - set(norms)), set(norms) - listed
    if unknown or missing or separate & shared:
        near = get_close_matches(unknown[0], norms) if unknown else []
        raise ValueError(
            f'"{path}" must list each of the {len(norms)} norms of the '
            f'backbone once, but {len(unknown)} are unknown '
            f'({unknown[:3]}, near ones: {near}), {len(missing)} missing '
            f'({sorted(missing)[:3]}) and {len(separate & shared)} in both '
            'lists. Use the backbone and norm_types that it was searched '
            'with.'
        )
    return {name: name in separate for name in norms}


def _from_integers(path: str | Path, text: str, norms: Sequence[str]) -> dict:
    words = text.splitlines()[0].split() if text.strip() else []
    if len(words) != len(norms) or not set(words) <= {'0', '1'}:
        found = f'{len(words)}, {sorted(set(words))[:5]}'
        raise ValueError(
            f'The first line of "{path}" must hold an integer for each of '
            f'the {len(norms)} norms of the backbone, {SEPARATE} (separate) '
            f'or {SHARED} (shared), but it holds {found}. Use the backbone '
            'and norm_types that it was searched with.'
        )
    return {
        name: int(word) == SEPARATE
        for name, word in zip(norms, words, strict=True)
    }
