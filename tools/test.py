"""Test a checkpoint and print its table of scores."""

import argparse
import hashlib
import json
from pathlib import Path

from mmengine.config import Config
from mmengine.dist import is_main_process
from rich.table import Table

from mmvireid.engine import checkpoint_meta
from mmvireid.evaluation import (
    CrossModalityRetrievalMetric,
    PersonSearchMetric,
    RetrievalReport,
    SavedFeatures,
)
from mmvireid.utils.atomic import write_atomically
from mmvireid.utils.command_line import (
    BUILD_ERRORS,
    RUN_ERRORS,
    add_common_arguments,
    add_trust_argument,
    check_can_write,
    parse_arguments,
    print_table,
    short_errors,
)
from mmvireid.utils.config import (
    build_loops,
    build_runner,
    fill_num_identities,
    load_config,
    set_work_dir,
)
from mmvireid.utils.optional import require

METRIC = 'CrossModalityRetrievalMetric'
#: the metrics that have a table
TABLE_METRICS = (CrossModalityRetrievalMetric, PersonSearchMetric)
#: re-ranking as its authors set it (Zhong et al., CVPR 2017)
RERANK = dict(k1=20, k2=6, lambda_value=0.3)


def build_parser() -> argparse.ArgumentParser:
    """Return the parser of the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('config', help='config file')
    parser.add_argument('checkpoint', help='checkpoint file or URL')
    parser.add_argument('--out', help='JSON file to write the report to')
    parser.add_argument(
        '--show-dir',
        help='folder for ranking.png, tsne.png and features.npz',
    )
    parser.add_argument(
        '--flip',
        action='store_true',
        help='average the features of an image and its mirror image',
    )
    parser.add_argument(
        '--rerank', action='store_true', help='k-reciprocal re-ranking'
    )
    add_trust_argument(parser)
    parser.add_argument(
        '--allow-missing-keys',
        action='store_true',
        help='test even if the checkpoint lacks weights of the backbone or '
        'the neck',
    )
    add_common_arguments(parser)
    return parser


def apply_arguments(cfg: Config, args: argparse.Namespace) -> None:
    """Write the command line's wishes into the config.

    Args:
        cfg (Config): The config, changed in place.
        args (Namespace): The arguments.

    Raises:
        ImportError: If what draws pictures is not installed.
        ValueError: If an option needs a retrieval metric and there is none.
    """
    set_work_dir(cfg, args.config, args.work_dir)
    cfg.launcher = args.launcher
    cfg.load_from = args.checkpoint
    cfg.resume = False
    if args.allow_missing_keys:
        guard = dict(type='CheckpointGuardHook', allow_missing_keys=True)
        # not setdefault, which returns a dict that is not the config's
        cfg.merge_from_dict({'default_hooks.checkpoint_guard': guard})
    for kind in TABLE_METRICS:
        metric = find_metric(cfg, kind.__name__)
        if metric is not None:
            metric['log_table'] = False
    metric = find_metric(cfg)
    if metric is None:
        _refuse_retrieval_options(cfg, args)
        return
    if args.flip:
        cfg.merge_from_dict({'model.test_cfg.flip': True})
    if (cfg.model.get('test_cfg') or {}).get('flip'):
        notes = list(metric.get('title_notes', ()))
        metric['title_notes'] = [*notes, 'flip averaged']
    if args.rerank:
        metric['rerank'] = metric.get('rerank') or RERANK
    if args.show_dir:
        for library in ('matplotlib', 'sklearn'):
            require(library)  # now, not after the test
        metric['save_features'] = str(Path(args.show_dir) / 'features.npz')


def _metrics(cfg: Config) -> list:
    evaluator = cfg.get('test_evaluator') or []
    return evaluator if isinstance(evaluator, list) else [evaluator]


def find_metric(cfg: Config, name: str = METRIC) -> dict | None:
    """Return the config of a metric.

    Args:
        cfg (Config): The whole config.
        name (str): The metric. Defaults to that of cross-modality
            retrieval.

    Returns:
        dict | None: That of the metric, to be changed in place; None if the
        config has other metrics only, as those of pre-training.
    """
    for metric in _metrics(cfg):
        if metric.get('type', '').split('.')[-1] == name:
            return metric
    return None


def _refuse_retrieval_options(cfg: Config, args: argparse.Namespace) -> None:
    given = [
        f'--{name.replace("_", "-")}'
        for name in ('flip', 'rerank', 'show_dir')
        if getattr(args, name)
    ]
    if given:
        found = [metric.get('type') for metric in _metrics(cfg)]
        raise ValueError(
            f'{" and ".join(given)} need a {METRIC} in test_evaluator, but '
            f'it has {found}.'
        )


def hash_file(path: str) -> str:
    """Return the SHA-256 of a file in hexadecimal digits.

    Args:
        path (str): The file. For an address there is none.

    Returns:
        str: The hash; empty where there is no such file.
    """
    if not Path(path).is_file():
        return ''
    digest = hashlib.sha256()
    with open(path, 'rb') as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def main(arguments: list | None = None) -> None:
    """Run the command line.

    Args:
        arguments (list[str], optional): The arguments. Defaults to those of
            the process.
    """
    args = parse_arguments(build_parser(), arguments)
    with short_errors(RUN_ERRORS):
        with short_errors(BUILD_ERRORS):
            check_can_write(args.out)
            cfg = load_config(args.config, args.cfg_options)
            meta = checkpoint_meta(args.checkpoint)
            apply_arguments(cfg, args)
            fill_num_identities(cfg, meta.get('dataset_meta'))
            runner = build_runner(cfg)
            build_loops(runner, 'test')
        scores = runner.test()
    if is_main_process():
        metrics = runner.test_evaluator.metrics
        tables = [m for m in metrics if isinstance(m, TABLE_METRICS)]
        for metric in tables:
            show_table(metric.report, args)
        if not (tables and len(metrics) == 1):
            finish_scores(scores, args)
        elif args.out:
            tables[0].report.save(args.out)
            print(f'Report written to {args.out}.')
        # last, so that nothing is lost if they fail
        for metric in tables:
            if args.show_dir and isinstance(
                metric, CrossModalityRetrievalMetric
            ):
                folder, title = Path(args.show_dir), Path(args.config).stem
                draw_pictures(metric, folder, title)


def show_table(report: RetrievalReport, args: argparse.Namespace) -> None:
    """Note where a table comes from, and print it.

    Args:
        report (RetrievalReport): The table of a metric, after the test.
        args (Namespace): The arguments.
    """
    report.config = args.config
    report.checkpoint = args.checkpoint
    report.sha256 = hash_file(args.checkpoint)
    print_table(report.table(Path(args.config).stem))


def finish_scores(scores: dict, args: argparse.Namespace) -> None:
    """Show the scores of other metrics and write what was asked for.

    Args:
        scores (dict[str, float]): Their values.
        args (Namespace): The arguments.
    """
    table = Table('score', 'value', title=Path(args.config).stem)
    for name, value in scores.items():
        table.add_row(name, f'{value:.2f}')
    print_table(table)
    if args.out:
        content = dict(
            config=args.config,
            checkpoint=args.checkpoint,
            sha256=hash_file(args.checkpoint),
            scores=scores,
        )
        data = json.dumps(content, indent=2) + '\n'
        write_atomically(args.out, data.encode())
        print(f'Report written to {args.out}.')


def draw_pictures(
    metric: CrossModalityRetrievalMetric, folder: Path, title: str
) -> None:
    """Draw ranked lists and a t-SNE of the headline feature.

    Args:
        metric (CrossModalityRetrievalMetric): The metric, after the test.
        folder (Path): Where the features are and the pictures go.
        title (str): What stands above the pictures.
    """
    # Here, for they import matplotlib and scikit-learn.
    from mmvireid.visualization import draw_ranked_lists, draw_tsne

    saved = SavedFeatures.load(folder / 'features.npz')
    trial = metric.protocol.trials(saved.images)[0]
    feature = metric.features[-1]
    path = folder / 'ranking.png'
    reranked = ' (before re-ranking)' if metric.rerank else ''
    draw_ranked_lists(saved, feature, trial, path, title=title + reranked)
    draw_tsne(saved, feature, folder / 'tsne.png', title=title)
    print(f'Pictures and features written to {folder}.')


if __name__ == '__main__':
    main()
