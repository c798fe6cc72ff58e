"""Look for a person in a folder of scenes and draw what was found.

The box is that of the person in the query's scene:

    python tools/visualization/search_person.py CHECKPOINT query.jpg \
        --box 412 80 470 251 --scenes scenes/ --out found.jpg
"""

import argparse

import cv2

from mmvireid.apis import PersonSearchInferencer
from mmvireid.utils.command_line import (
    add_trust_argument,
    check_can_write,
    short_errors,
)
from mmvireid.visualization import draw_search_hits


def build_parser() -> argparse.ArgumentParser:
    """Return the parser of the command line."""
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('checkpoint', help='checkpoint file')
    parser.add_argument('query', help='scene that shows the person')
    parser.add_argument(
        '--box',
        nargs=4,
        type=float,
        required=True,
        metavar=('X1', 'Y1', 'X2', 'Y2'),
        help='the person in that scene, in pixels',
    )
    parser.add_argument(
        '--scenes', required=True, help='folder of scenes, or one scene'
    )
    parser.add_argument(
        '--config', help='config file (default: as the checkpoint holds)'
    )
    parser.add_argument('--device', help='such as cpu or cuda:0')
    parser.add_argument('--top', type=int, default=9)
    parser.add_argument(
        '--score-thr', type=float, default=0.5, help='least score of a person'
    )
    modalities = dict(choices=('visible', 'infrared'), default='visible')
    parser.add_argument('--query-modality', **modalities)
    parser.add_argument('--modality', help='of the scenes', **modalities)
    parser.add_argument(
        '--out', default='found.jpg', help='default: %(default)s'
    )
    add_trust_argument(parser)
    return parser


@short_errors()
def main(arguments: list | None = None) -> None:
    """Run the command line.

    Args:
        arguments (list[str], optional): The arguments. Defaults to those of
            the process.
    """
    args = build_parser().parse_args(arguments)
    check_can_write(args.out)
    if not cv2.haveImageWriter(args.out):
        raise ValueError(
            f'"{args.out}" has no ending of a picture, such as .jpg or .png.'
        )
    inferencer = PersonSearchInferencer(
        args.config, args.checkpoint, args.device
    )
    hits = inferencer(
        args.scenes,
        args.query,
        args.box,
        args.top,
        args.score_thr,
        query_modality=args.query_modality,
        modality=args.modality,
    )
    for place, hit in enumerate(hits, start=1):
        box = ' '.join(f'{value:.0f}' for value in hit.bbox)
        print(f'{place:3d}  {hit.similarity:.3f}  {box}  {hit.image}')
    if not hits:
        print(
            f'No person was found with a score of at least {args.score_thr} '
            '(--score-thr).'
        )
    path = draw_search_hits(args.query, args.box, hits, args.out)
    print(f'Wrote {path}')


if __name__ == '__main__':
    main()
