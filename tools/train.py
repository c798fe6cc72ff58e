"""Train a model from a config."""

import argparse
from pathlib import Path

from mmengine.config import Config
from mmengine.device import get_device

from mmvireid.utils.command_line import (
    BUILD_ERRORS,
    RUN_ERRORS,
    add_common_arguments,
    add_trust_argument,
    parse_arguments,
    short_errors,
)
from mmvireid.utils.config import (
    build_loops,
    build_runner,
    fill_num_identities,
    fill_specific,
    load_config,
    set_work_dir,
)


def build_parser() -> argparse.ArgumentParser:
    """Return the parser of the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('config', help='config file')
    parser.add_argument(
        '--resume',
        nargs='?',
        const='auto',
        help='go on from this checkpoint, or without a value from the last '
        'one in the work dir (if there is none, start anew)',
    )
    parser.add_argument(
        '--amp', action='store_true', help='train in mixed precision'
    )
    parser.add_argument(
        '--auto-scale-lr',
        action='store_true',
        help='scale the learning rate with the number of images per step',
    )
    parser.add_argument(
        '--no-validate', action='store_true', help='do not test in between'
    )
    add_trust_argument(parser)
    add_common_arguments(parser)
    return parser


def apply_arguments(cfg: Config, args: argparse.Namespace) -> None:
    """Write the command line's wishes into the config.

    Args:
        cfg (Config): The config, changed in place.
        args (Namespace): The arguments.

    Raises:
        ValueError: If an option needs a setting that the config lacks.
    """
    set_work_dir(cfg, args.config, args.work_dir)
    cfg.launcher = args.launcher
    if args.resume == 'auto':
        apply_auto_resume(cfg)
    elif args.resume is not None:
        cfg.resume = True
        cfg.load_from = args.resume
    if args.no_validate:
        cfg.val_cfg = cfg.val_dataloader = cfg.val_evaluator = None
    if args.amp and get_device() == 'cpu':
        cfg.optim_wrapper.type = 'BFloat16OptimWrapper'
        for option in ('loss_scale', 'dtype'):  # of the wrapper for GPUs
            cfg.optim_wrapper.pop(option, None)
    elif args.amp:
        cfg.optim_wrapper.type = 'CompilableAmpOptimWrapper'
        cfg.optim_wrapper.setdefault('loss_scale', 'dynamic')
    if args.auto_scale_lr:
        if 'base_batch_size' not in (cfg.get('auto_scale_lr') or {}):
            raise ValueError(
                '--auto-scale-lr needs auto_scale_lr.base_batch_size in the '
                'config: the images per step that its learning rate is for.'
            )
        cfg.auto_scale_lr.enable = True


def apply_auto_resume(cfg: Config) -> None:
    """Go on in the work dir if there is something, or start as configured.

    Args:
        cfg (Config): The config, changed in place.
    """
    start = cfg.get('load_from')
    if start is None or any(Path(cfg.work_dir).glob('*.pth')):
        cfg.resume = True
        cfg.load_from = None


def main(arguments: list | None = None) -> None:
    """Run the command line.

    Args:
        arguments (list[str], optional): The arguments. Defaults to those of
            the process.
    """
    args = parse_arguments(build_parser(), arguments)
    with short_errors(RUN_ERRORS):
        with short_errors(BUILD_ERRORS):
            cfg = load_config(args.config, args.cfg_options)
            apply_arguments(cfg, args)
            specific = fill_specific(cfg)
            fill_num_identities(cfg)
            runner = build_runner(cfg)
            build_loops(runner, 'train', 'val')
        if specific is not None:
            runner.logger.info(
                f'{len(specific)} modules are modality-specific: '
                f'{", ".join(specific) or "none"}.'
            )
        runner.train()


if __name__ == '__main__':
    main()
