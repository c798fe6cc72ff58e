"""Draw ranked lists from saved features.

The features come from a test whose metric was told to save them:

    python tools/test.py CONFIG CHECKPOINT \
        --cfg-options test_evaluator.save_features=work_dirs/features.npz
    python tools/visualization/vis_ranking.py work_dirs/features.npz regdb
"""

import argparse

from mmengine.config import DictAction

from mmvireid.evaluation import SavedFeatures
from mmvireid.registry import PROTOCOLS
from mmvireid.utils.command_line import short_errors
from mmvireid.visualization import draw_ranked_lists

PROTOCOL_TYPES = {
    'sysu': 'mmvireid.SYSUProtocol',
    'regdb': 'mmvireid.RegDBProtocol',
    'llcm': 'mmvireid.LLCMProtocol',
}


def parse_args() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('features', help='.npz file of saved features')
    parser.add_argument('protocol', choices=PROTOCOL_TYPES)
    parser.add_argument(
        '--row', help='row of the table, such as regdb/t2v (default: first)'
    )
    parser.add_argument(
        '--trial', type=int, default=0, help='trial of the row, from 0'
    )
    parser.add_argument(
        '--protocol-options',
        nargs='+',
        action=DictAction,
        default={},
        help='options of the protocol, such as gallery_selection=official_mat',
    )
    parser.add_argument('--feature', default='bn')
    parser.add_argument('--num-queries', type=int, default=8)
    parser.add_argument('--top', type=int, default=10)
    parser.add_argument('--title', default='')
    parser.add_argument(
        '--out', default='ranking.png', help='default: %(default)s'
    )
    return parser.parse_args()


@short_errors()
def main() -> None:
    """Draw the picture."""
    args = parse_args()
    saved = SavedFeatures.load(args.features)
    protocol = PROTOCOLS.build(
        dict(type=PROTOCOL_TYPES[args.protocol], **args.protocol_options)
    )
    trials = protocol.trials(saved.images)
    row = args.row or trials[0].name
    of_row = [trial for trial in trials if trial.name == row]
    if not 0 <= args.trial < len(of_row):
        names = list(dict.fromkeys(trial.name for trial in trials))
        raise ValueError(
            f'There is no trial {args.trial} of {row}; the rows are '
            f'{names}, and {row} has {len(of_row)} trials.'
        )
    path = draw_ranked_lists(
        saved,
        args.feature,
        of_row[args.trial],
        args.out,
        args.num_queries,
        args.top,
        args.title,
    )
    print(f'Wrote {path}')


if __name__ == '__main__':
    main()
