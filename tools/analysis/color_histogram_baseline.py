"""Rank-1 of colour-histogram matching, to judge how much colour gives away."""

import argparse

from rich.console import Console
from rich.table import Table

from mmvireid.evaluation.color_histogram import color_histogram_baseline
from mmvireid.utils.command_line import short_errors


def parse_args() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        description='Match infrared with visible images by colour '
        'histograms alone (all-search, single-shot, ten galleries).'
    )
    parser.add_argument('data_root', help="folder in SYSU-MM01's layout")
    return parser.parse_args()


@short_errors()
def main() -> None:
    """Print the rank-1 of every variant beside chance."""
    report = color_histogram_baseline(parse_args().data_root)
    table = Table(title='Colour histograms, all-search single-shot')
    table.add_column('colours')
    table.add_column('stripes', justify='right')
    table.add_column('similarity')
    table.add_column('R1 (%)', justify='right')
    table.add_column('x chance', justify='right')
    for name, rank1 in report.rank1.items():
        times = rank1 / report.chance
        table.add_row(*name.split('/'), f'{rank1:.2f}', f'{times:.2f}')
    console = Console()
    console.print(table)
    name, rank1 = report.best
    console.print(
        f'chance {report.chance:.2f} %; best {name} {rank1:.2f} % = '
        f'{rank1 / report.chance:.2f} x chance'
    )


if __name__ == '__main__':
    main()
