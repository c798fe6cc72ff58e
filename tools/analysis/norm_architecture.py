"""Show which norms an architecture separates, and rewrite it.

    python tools/analysis/norm_architecture.py CONFIG SOURCE [--out FILE]

SOURCE is an architecture file of either format, or a checkpoint of a search.
FILE gets the names if it ends in .json, or else the official line of integers.
CONFIG says which backbone the norms belong to.
"""

import argparse
from pathlib import Path
from zipfile import is_zipfile

from mmengine.config import Config
from mmengine.registry import init_default_scope
from mmengine.runner import CheckpointLoader
from rich.table import Table

from mmvireid.models.backbones import (
    NormSearchTwoStream,
    build_plain,
    find_norms,
    read_architecture,
    read_searched_on,
    write_architecture,
)
from mmvireid.utils.command_line import (
    add_trust_argument,
    print_table,
    short_errors,
)
from mmvireid.utils.config import load_config


def parse_args(argv: list | None = None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('config', help='config file of a search or a training')
    parser.add_argument('source', help='architecture file or checkpoint')
    parser.add_argument('--out', help='architecture file to write')
    add_trust_argument(parser)
    return parser.parse_args(argv)


def from_checkpoint(config: Config, path: str) -> tuple[dict, dict]:
    """Read the architecture of a search's checkpoint, and its data.

    Args:
        config (Config): The config of the search.
        path (str): The checkpoint.

    Returns:
        tuple[dict[str, bool], dict]: Whether each norm is separate, and the
        ``metainfo`` of the data.

    Raises:
        ValueError: If it is not of this search.
    """
    checkpoint = CheckpointLoader.load_checkpoint(path, 'cpu')
    weights = checkpoint.get('state_dict', checkpoint)
    prefix, suffix = 'backbone.backbone.', '.architecture'
    found = {
        key[len(prefix) : -len(suffix)]: value
        for key, value in weights.items()
        if key.startswith(prefix) and key.endswith(suffix)
    }
    norms = norms_of(config)
    if set(found) != set(norms):
        raise ValueError(
            f'"{path}" has architecture weights of {len(found)} norms, but '
            f'the backbone of the config has {len(norms)}. Pass the config '
            'and a checkpoint of one search.'
        )
    searched_on = checkpoint.get('meta', {}).get('dataset_meta') or {}
    chosen = NormSearchTwoStream.discretise(norms, [found[n] for n in norms])
    return chosen, searched_on


def norms_of(config: Config) -> list:
    """List the norms of a config's backbone."""
    backbone = config.model.backbone
    given = backbone.get('specific')
    options = given if isinstance(given, dict) else backbone
    types = {k: options[k] for k in ('norm_types',) if k in options}
    return find_norms(build_plain(backbone.backbone), **types)


def show(architecture: dict, title: str) -> None:
    """Print a table of the norms, by the first part of their names."""
    table = Table('part', 'separate', 'of', 'which', title=title)
    parts = {}
    for name, separate in architecture.items():
        parts.setdefault(name.split('.')[0], {})[name] = separate
    for part, norms in parts.items():
        chosen = [n.removeprefix(f'{part}.') for n, s in norms.items() if s]
        table.add_row(
            part, str(len(chosen)), str(len(norms)), ', '.join(chosen)
        )
    total = sum(architecture.values())
    table.add_row('all', str(total), str(len(architecture)), '')
    print_table(table)


def is_checkpoint(path: str) -> bool:
    """Say whether a file is torch's, whatever its name is."""
    return Path(path).suffix == '.pth' or is_zipfile(path)


@short_errors()
def main(argv: list | None = None) -> None:
    """Run the command line."""
    args = parse_args(argv)
    config = load_config(args.config)
    init_default_scope(config.get('default_scope', 'mmvireid'))
    if is_checkpoint(args.source):
        architecture, searched_on = from_checkpoint(config, args.source)
    else:
        architecture = read_architecture(args.source, norms_of(config))
        searched_on = read_searched_on(args.source)
    show(architecture, Path(args.source).name)
    if args.out:
        write_architecture(args.out, architecture, searched_on)
        print(f'Written to {args.out}.')


if __name__ == '__main__':
    main()
