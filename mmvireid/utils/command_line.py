"""What the command-line tools share."""

import argparse
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from mmengine.config import DictAction
from rich.console import Console
from rich.table import Table

from .errors import CheckpointError, UnreadableImageError

#: what a user can mend who reads the message
INPUT_ERRORS = (OSError, ValueError, ImportError, CheckpointError)
#: what a wrong setting leads to while things are built from a config
BUILD_ERRORS = (*INPUT_ERRORS, TypeError, KeyError, AttributeError)
#: what may turn out wrong only while things run
RUN_ERRORS = (FileNotFoundError, CheckpointError, UnreadableImageError)
TRACEBACK = 'MMVIREID_TRACEBACK=1 shows where'
#: columns that a table of scores takes
TABLE_WIDTH = 140


def add_common_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of every tool that runs a config.

    Args:
        parser (ArgumentParser): The parser, changed in place.
    """
    parser.add_argument('--work-dir', help='where logs and results go')
    parser.add_argument(
        '--cfg-options',
        nargs='+',
        action=DictAction,
        help='settings to override, as key=value; a list is key="[a,b]" or '
        'key=a,b',
    )
    parser.add_argument(
        '--launcher',
        choices=['none', 'pytorch', 'slurm', 'mpi'],
        default='none',
        help='what started the processes',
    )
    parser.add_argument('--local_rank', '--local-rank', type=int, default=0)


def add_trust_argument(parser: argparse.ArgumentParser) -> None:
    """Add the option that lets any checkpoint be unpickled.

    Args:
        parser (ArgumentParser): The parser, changed in place.
    """
    parser.add_argument(
        '--trust-checkpoint',
        action=_TrustCheckpoints,
        help='unpickle checkpoints even if that could run code in them: only '
        'for files whose origin is known',
    )


class _TrustCheckpoints(argparse.Action):
    def __init__(self, **kwargs) -> None:
        super().__init__(nargs=0, **kwargs)

    def __call__(self, *_) -> None:
        # Here, for it imports the engine.
        from mmvireid.engine import trust_checkpoint

        trust_checkpoint()


def parse_arguments(
    parser: argparse.ArgumentParser, arguments: list | None = None
) -> argparse.Namespace:
    """Parse the command line and set ``LOCAL_RANK`` if it is not set.

    Args:
        parser (ArgumentParser): The parser.
        arguments (list[str], optional): The arguments. Defaults to those of
            the process.

    Returns:
        Namespace: The values.
    """
    args = parser.parse_args(arguments)
    os.environ.setdefault('LOCAL_RANK', str(args.local_rank))
    return args


@contextmanager
def short_errors(kinds: tuple[type, ...] = INPUT_ERRORS) -> Iterator[None]:
    """End the program with one line where a traceback would not help.

    Whoever wants the traceback sets the environment variable
    ``MMVIREID_TRACEBACK``.

    Args:
        kinds (tuple[type, ...]): The exceptions whose message says all.
            Defaults to those of wrong input.
    """
    try:
        yield
    except kinds as error:
        if os.environ.get('MMVIREID_TRACEBACK'):
            raise
        message = _message(error)
        where = '' if isinstance(error, INPUT_ERRORS) else f' ({TRACEBACK})'
        sys.exit(f'error: {message}{where}')


def _message(error: Exception) -> str:
    # the text of a KeyError is that of its argument in quotes
    message = str(error.args[0] if isinstance(error, KeyError) else error)
    if 'in DataLoader worker process' not in message:
        return message
    # The loader puts the worker's whole traceback before the message.
    return message.rstrip().rpartition(f'{type(error).__name__}: ')[2]


def check_can_write(path: str | None) -> None:
    """Refuse a file that could not be written once the work is done.

    Args:
        path (str, optional): The file. Its folder is made if missing.

    Raises:
        OSError: If it is a folder, or its folder cannot be written to.
    """
    if path is None:
        return
    folder = Path(path).parent
    if Path(path).is_dir():
        raise IsADirectoryError(f'"{path}" is a folder: name a file in it.')
    folder.mkdir(parents=True, exist_ok=True)
    if not os.access(folder, os.W_OK):
        raise PermissionError(
            f'"{path}" cannot be written: there is no right to write to '
            f'"{folder}".'
        )


def print_table(table: Table) -> None:
    """Print a table, wider than the terminal rather than cut off.

    Args:
        table (Table): The table.
    """
    console = Console()
    console.width = max(console.width, TABLE_WIDTH)
    console.print(table)


def print_splits(title: str, counts: dict[str, tuple[int, int, int]]) -> None:
    """Print what the splits of a person search data set hold.

    Args:
        title (str): The data set.
        counts (dict[str, tuple[int, int, int]]): Scenes, boxes and known
            persons of each split.
    """
    table = Table(title=title)
    table.add_column('split')
    for column in ('scenes', 'boxes', 'known persons'):
        table.add_column(column, justify='right')
    for split, numbers in counts.items():
        table.add_row(split, *(f'{number:,}' for number in numbers))
    print_table(table)
