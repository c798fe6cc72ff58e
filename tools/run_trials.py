"""Train and test RegDB's trials and average their scores.

A trial that has a report is not run again, and one that was interrupted goes
on from its last checkpoint: to resume, run the same command again.

Each trial sees its number in place of {trial} in environment variables, so
that it can start from what was pre-trained or searched on its own half:

    export MMGL_CHECKPOINT=work_dirs/mmgl/trial_{trial}/epoch_100.pth
"""

import argparse
import difflib
import os
import re
import subprocess
import sys
from pathlib import Path

from mmengine.config import DictAction

from mmvireid.engine import find_last_checkpoint
from mmvireid.evaluation import RetrievalReport
from mmvireid.utils.atomic import write_atomically
from mmvireid.utils.command_line import INPUT_ERRORS, print_table, short_errors
from mmvireid.utils.config import fill_specific, load_config

TOOLS = Path(__file__).parent
#: the settings of a trial, in its folder
SETTINGS = 'settings.py'
#: whose tables are averaged
METRIC = 'CrossModalityRetrievalMetric'
#: what environment variables have in place of a trial's number
TRIAL = '{trial}'
ALL_TRIALS = list(range(1, 11))


def build_parser() -> argparse.ArgumentParser:
    """Return the parser of the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument('config', help='config file')
    parser.add_argument(
        '--trials',
        default=ALL_TRIALS,
        type=parse_trials,
        help='which ones, as 1-10 or 1,3,5 (default: 1-10)',
    )
    parser.add_argument(
        '--work-dir', help='where the folders trial_1, trial_2 ... go'
    )
    parser.add_argument(
        '--cfg-options',
        nargs='+',
        default=[],
        metavar='KEY=VALUE',
        help='settings to override, passed on to train.py and test.py',
    )
    parser.add_argument(
        '--amp', action='store_true', help='train in mixed precision'
    )
    parser.add_argument(
        '--flip', action='store_true', help='test with mirrored images too'
    )
    parser.add_argument(
        '--rerank', action='store_true', help='test with re-ranking'
    )
    return parser


def parse_trials(text: str) -> list[int]:
    """Read a list of trials.

    Args:
        text (str): Numbers and ranges, separated by commas: ``1-3,7``.

    Returns:
        list[int]: The trials, ascending, each once.

    Raises:
        ArgumentTypeError: If it is no such list.
    """
    trials = set()
    for part in text.split(','):
        match = re.fullmatch(r'([1-9]\d*)(?:-(\d+))?', part)
        numbers = match and range(int(match[1]), int(match[2] or match[1]) + 1)
        if not numbers:
            raise argparse.ArgumentTypeError(
                f'trials are written as 1-10 or 1,3,5, but "{text}" was given'
            )
        trials.update(numbers)
    return sorted(trials)


def run_trial(
    trial: int, folder: Path, args: argparse.Namespace
) -> RetrievalReport:
    """Train and test one trial, or read its report if there is one.

    Args:
        trial (int): The trial.
        folder (Path): Where its files go.
        args (Namespace): The arguments.

    Returns:
        RetrievalReport: The report of ``tools/test.py``.

    Raises:
        CalledProcessError: If training or testing failed.
        ValueError: If the config has a trial of its own, or the folder holds
            a trial of other settings.
    """
    settings = read_settings(trial, args)
    check_folder(folder, settings)
    report = folder / f'report{_extras(args)}.json'
    if report.is_file():
        print(f'Trial {trial}: {report} is there.', flush=True)
        return RetrievalReport.load(report)
    options = ['--work-dir', str(folder)]
    if args.cfg_options:
        options += ['--cfg-options', *args.cfg_options]
    write_atomically(folder / SETTINGS, settings.encode())
    print(f'Trial {trial}: training in {folder}.', flush=True)
    train = ['train.py', args.config, '--resume', 'auto', *options]
    _run(train + ['--amp'] * args.amp)
    last = find_last_checkpoint(folder)
    if last is None:
        raise ValueError(f'The training left no checkpoint in {folder}.')
    test = ['test.py', args.config, str(last), '--out', str(report), *options]
    _run(test + ['--flip'] * args.flip + ['--rerank'] * args.rerank)
    return RetrievalReport.load(report)


def _extras(args: argparse.Namespace) -> str:
    return '-flip' * args.flip + '-rerank' * args.rerank


def read_settings(trial: int, args: argparse.Namespace) -> str:
    """Write out the config of a trial, with all that was overridden.

    Args:
        trial (int): The trial.
        args (Namespace): The arguments.

    Returns:
        str: The settings as a text.

    Raises:
        FileNotFoundError: If there is no such config.
        ValueError: If the config has a trial of its own, or its test gives
            no table.
    """
    # The environment variable chooses the trial.
    os.environ['REGDB_TRIAL'] = str(trial)
    parser = argparse.ArgumentParser()
    parser.add_argument('--options', nargs='*', action=DictAction)
    options = parser.parse_args(['--options', *args.cfg_options]).options
    cfg = load_config(args.config, options)
    config, dataset = args.config, cfg.train_dataloader.dataset
    if dataset.get('trial') != trial:
        raise ValueError(
            f'The config "{config}" must take train_dataloader.dataset.trial '
            f'from the environment variable REGDB_TRIAL, which is {trial}, '
            f'but it has {dataset.get("trial")}. Use a config of RegDB.'
        )
    metrics = cfg.get('test_evaluator') or []
    metrics = metrics if isinstance(metrics, list) else [metrics]
    kinds = [metric.type.split('.')[-1] for metric in metrics]
    if METRIC not in kinds:
        raise ValueError(
            f'Only the tables of {METRIC} can be averaged, but the test of '
            f'"{config}" is {kinds}. Pre-train one trial after the other: '
            f'REGDB_TRIAL={trial} python tools/train.py {config} --work-dir '
            '...'
        )
    fill_specific(cfg)
    return f'{cfg.pretty_text}amp = {args.amp}\n'


def check_folder(folder: Path, settings: str) -> None:
    """Refuse to go on with what was trained by other settings.

    Args:
        folder (Path): Where a trial's files are or will be.
        settings (str): As :func:`read_settings` returns them.

    Raises:
        ValueError: If the folder holds other ones.
    """
    file = folder / SETTINGS
    if not file.is_file() or file.read_text() == settings:
        return
    lines = difflib.ndiff(file.read_text().splitlines(), settings.splitlines())
    changes = [line for line in lines if line[:2] in ('- ', '+ ')]
    raise ValueError(
        f'{folder} holds a trial of other settings (- then, + now):\n'
        + '\n'.join(changes[:8])
        + '\nName another --work-dir, or delete that folder.'
    )


def _run(command: list[str]) -> None:
    command = [sys.executable, str(TOOLS / command[0]), *command[1:]]
    subprocess.run(command, check=True)


def main(arguments: list | None = None) -> None:
    """Run the command line.

    Args:
        arguments (list[str], optional): The arguments. Defaults to those of
            the process.
    """
    args = build_parser().parse_args(arguments)
    folder = Path(args.work_dir or f'work_dirs/{Path(args.config).stem}')
    templates = {
        name: value for name, value in os.environ.items() if TRIAL in value
    }
    reports = []
    with short_errors((*INPUT_ERRORS, subprocess.CalledProcessError)):
        for trial in args.trials:
            for name, value in templates.items():
                os.environ[name] = value.replace(TRIAL, str(trial))
            report = run_trial(trial, folder / f'trial_{trial}', args)
            reports.append(report)
    summary = RetrievalReport.merge(reports)
    trials = ', '.join(map(str, args.trials))
    summary.notes.append(f'one model for each of the trials {trials}')
    print_table(summary.table(Path(args.config).stem))
    some = [] if args.trials == ALL_TRIALS else map(str, args.trials)
    name = '-'.join(['summary', *some])
    file = folder / f'{name}{_extras(args)}.json'
    summary.save(file)
    print(f'Summary written to {file}.')


if __name__ == '__main__':
    main()
