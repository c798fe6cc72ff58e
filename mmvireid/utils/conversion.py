"""What the converters of checkpoints have in common."""

import argparse
import io
from collections.abc import Sequence
from pathlib import Path

import torch

from mmvireid.engine.safe_loading import load_from_local
from mmvireid.utils.atomic import write_atomically
from mmvireid.utils.command_line import add_trust_argument


def build_parser(description: str) -> argparse.ArgumentParser:
    """Return a parser with the arguments of all converters.

    Args:
        description (str): What the converter does, in its first line.

    Returns:
        ArgumentParser: With ``src``, ``dst`` and ``--trust-checkpoint``.
    """
    parser = argparse.ArgumentParser(description=description.split('\n')[0])
    parser.add_argument('src', help='the checkpoint to convert')
    parser.add_argument('dst', help='the file to write')
    add_trust_argument(parser)
    return parser


def load_source(args: argparse.Namespace) -> dict:
    """Load the checkpoint to convert.

    Args:
        args (Namespace): The arguments.

    Returns:
        dict: What the file holds.
    """
    return load_from_local(args.src, map_location='cpu')


def save_converted(content: dict, path: str) -> None:
    """Write a checkpoint so that it is there wholly or not at all.

    Args:
        content (dict): The checkpoint.
        path (str): The file.
    """
    data = io.BytesIO()
    torch.save(content, data)
    write_atomically(path, data.getvalue())


def with_origin(weights: dict, src: str) -> dict:
    """Make a checkpoint of this toolbox of converted weights.

    Args:
        weights (dict[str, Tensor]): The weights.
        src (str): The file that they come from.

    Returns:
        dict: The checkpoint.
    """
    meta = dict(converted_from=Path(src).name)
    return dict(meta=meta, state_dict=weights)


def print_unused(unused: Sequence[str]) -> None:
    """List the weights that a conversion left.

    Args:
        unused (Sequence[str]): Their keys.
    """
    print(f'Not used ({len(unused)}):')
    for key in unused:
        print(f'  {key}')
