"""Draw a t-SNE map of both modalities from saved features.

The features come from a test whose metric was told to save them:

    python tools/test.py CONFIG CHECKPOINT \
        --cfg-options test_evaluator.save_features=work_dirs/features.npz
    python tools/visualization/vis_tsne.py work_dirs/features.npz
"""

import argparse

from mmvireid.evaluation import SavedFeatures
from mmvireid.utils.command_line import short_errors
from mmvireid.visualization import draw_tsne


def parse_args() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('features', help='.npz file of saved features')
    parser.add_argument('--feature', default='bn')
    parser.add_argument('--num-identities', type=int, default=12)
    parser.add_argument('--perplexity', type=float, default=20)
    parser.add_argument('--seed', type=int, default=0)
    parser.add_argument('--title', default='')
    parser.add_argument(
        '--out', default='tsne.png', help='default: %(default)s'
    )
    return parser.parse_args()


@short_errors()
def main() -> None:
    """Draw the picture."""
    args = parse_args()
    path = draw_tsne(
        SavedFeatures.load(args.features),
        args.feature,
        args.out,
        args.num_identities,
        args.perplexity,
        args.seed,
        args.title,
    )
    print(f'Wrote {path}')


if __name__ == '__main__':
    main()
