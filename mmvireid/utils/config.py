"""What the command-line tools do with a config."""

import logging
from difflib import get_close_matches
from inspect import signature
from pathlib import Path

import torch.distributed
from mmengine.config import Config
from mmengine.device import get_device
from mmengine.logging import print_log
from mmengine.registry import RUNNERS, DefaultScope
from mmengine.runner import Runner
from torch.utils.data import DataLoader

from mmvireid.registry import DATASETS

#: what runners read from a config besides their arguments
RUNNER_SETTINGS = (
    'activation_checkpointing',
    'compile',
    'detect_anomalous_params',
    'find_unused_parameters',
    'model_wrapper_cfg',
    'runner_type',
    'sync_bn',
)


def load_config(path: str, options: dict | None = None) -> Config:
    """Read a config file.

    Args:
        path (str): The file.
        options (dict, optional): Changes, as ``--cfg-options`` gives them.

    Returns:
        Config: The config.

    Raises:
        FileNotFoundError: If there is no such file.
        ValueError: If the file is not Python, or a change is of a setting
            that neither the config nor mmengine's runner has.
    """
    file = Path(path)
    if not file.is_file():
        known = [str(p) for p in Path('configs').rglob('*.py')]
        near = get_close_matches(path, known, n=3, cutoff=0.5)
        raise FileNotFoundError(
            f'There is no config file "{path}".'
            + (f' Near ones: {", ".join(near)}.' if near else '')
        )
    try:
        cfg = Config.fromfile(file)
    except (NameError, SyntaxError) as error:
        raise ValueError(
            f'The config file "{path}" cannot be read: {error}. Look there '
            'and in its base files, and at the environment variables that '
            'they take, such as REGDB_TRIAL, which must be a number.'
        ) from error
    if options:
        _check_names(cfg, options)
        cfg.merge_from_dict(options)
    return cfg


def _check_names(cfg: Config, options: dict) -> None:
    """Refuse a setting that nothing would ever read."""
    read = {*signature(Runner.__init__).parameters, *RUNNER_SETTINGS}
    for option in options:
        name = option.split('.')[0]
        if name in read:
            continue
        if name in cfg:
            raise ValueError(
                f'"{name}" only names a value inside of the config file, '
                f'which others hold by now, so "{option}" would change '
                'nothing. Change those that hold it, such as '
                'train_dataloader.dataset.trial for trial.'
            )
        near = get_close_matches(name, read, n=3) or sorted(cfg)
        raise ValueError(
            f'There is no setting "{name}" to change by "{option}". '
            f'Near ones: {", ".join(near)}.'
        )


def require_model(cfg: Config, wanted: str) -> None:
    """Refuse a config of another kind of model.

    Args:
        cfg (Config): The config.
        wanted (str): The model that is needed, such as ``'SPNet'``.

    Raises:
        ValueError: If the config has another one.
    """
    found = cfg.model.type.split('.')[-1]
    if found != wanted:
        raise ValueError(
            f'This is for a {wanted}, but the config has a {found}.'
        )


def set_work_dir(cfg: Config, config_path: str, work_dir: str | None) -> None:
    """Decide where a run leaves its files.

    Args:
        cfg (Config): The config, changed in place. Without ``work_dir`` it
            gets ``work_dirs/<name of the config file>``.
        config_path (str): The config file.
        work_dir (str, optional): What the user asked for; it goes first.
    """
    if work_dir is not None:
        cfg.work_dir = work_dir
    elif cfg.get('work_dir') is None:
        cfg.work_dir = str(Path('work_dirs') / Path(config_path).stem)


def fill_num_identities(cfg: Config, dataset_meta: dict | None = None) -> None:
    """Tell the model how many training identities there are.

    The number is the checkpoint's, if it is known, or else that of the
    training set, whose files are listed for it.

    Args:
        cfg (Config): The config. ``model.num_identities`` is set unless the
            config gives it, or nothing says the number.
        dataset_meta (dict, optional): A checkpoint's ``dataset_meta``.
            Defaults to None.
    """
    if cfg.model.get('num_identities') is not None:
        return
    number = _num_identities(dataset_meta or {})
    if number is None and cfg.get('train_dataloader') is not None:
        number = _num_identities(_training_metainfo(cfg))
    if number is not None:
        cfg.model.num_identities = number


def fill_specific(cfg: Config) -> list | None:
    """Write out which modules a rule makes modality-specific.

    The config then stands in a checkpoint with their names, and the model can
    be built without the architecture file that the rule has read.

    Args:
        cfg (Config): The config. ``model.backbone.specific`` becomes a list
            if it is the config of a rule, and ``searched_on`` tells the data
            that an architecture file comes from.

    Returns:
        list[str] | None: The names, if it is the config of a rule.

    Raises:
        FileNotFoundError: If the rule needs a file that is not there.
        ValueError: If the rule does not fit the backbone.
    """
    backbone = cfg.model.get('backbone', {})
    specific = backbone.get('specific')
    if not isinstance(specific, dict):
        return None
    # Here, for it imports mmpretrain.
    from mmvireid.models.backbones import (
        build_plain,
        read_searched_on,
        specific_names,
    )

    scope = cfg.get('default_scope', 'mmvireid')
    with DefaultScope.overwrite_default_scope(scope):
        plain = build_plain(backbone.backbone)
        names = specific_names(plain, specific, backbone.backbone.type)
    if 'file' in specific:
        backbone.searched_on = read_searched_on(specific.file)
        if not backbone.searched_on:
            print_log(
                f'"{specific.file}" does not say on which data it was '
                'searched: make sure that it was no other trial of RegDB.',
                'current',
                logging.WARNING,
            )
    backbone.specific = names
    return names


def build_runner(cfg: Config) -> Runner:
    """Build the runner that a config asks for.

    Args:
        cfg (Config): The config; ``runner_type`` names another runner than
            mmengine's usual one.

    Returns:
        Runner: The runner.
    """
    if cfg.launcher == 'pytorch' and get_device() == 'cpu':
        # mmengine's launcher and wrapper take a GPU for granted.
        if not torch.distributed.is_initialized():
            torch.distributed.init_process_group('gloo')
        wrapper = dict(cfg.get('model_wrapper_cfg') or {}, device_ids=None)
        unused = cfg.get('find_unused_parameters', False)
        wrapper.setdefault('find_unused_parameters', unused)
        # as mmengine's: processes keep running statistics of their own
        wrapper.setdefault('broadcast_buffers', False)
        cfg.model_wrapper_cfg = wrapper
    for phase in ('train', 'val', 'test'):
        loader = cfg.get(f'{phase}_dataloader') or {}
        if loader.get('num_workers') == 0:
            # torch refuses to keep workers that are not there.
            loader.persistent_workers = False
    if 'runner_type' in cfg:
        return RUNNERS.build(cfg)
    return Runner.from_cfg(cfg)


def build_loops(runner: Runner, *phases: str) -> None:
    """Build loops with their data now, not when the runner needs them.

    What is wrong with a setting or a file is so found before anything runs.

    Args:
        runner (Runner): The runner.
        *phases (str): 'train', 'val' or 'test'.

    Raises:
        ValueError: If the training set is smaller than a batch.
    """
    for phase in phases:
        # the property builds it
        loop = getattr(runner, f'{phase}_loop')
        if phase == 'train':
            _check_has_batches(loop.dataloader)


def _check_has_batches(loader: DataLoader) -> None:
    if len(loader) == 0:
        raise ValueError(
            f'The training set has {len(loader.dataset)} samples, too few '
            'for a batch. Lower train_dataloader.batch_size, or take another '
            'split.'
        )


def _num_identities(metainfo: dict) -> int | None:
    # Data sets of scenes have persons without a name besides the known ones.
    return metainfo.get('num_identities', metainfo.get('num_known_persons'))


def _training_metainfo(cfg: Config) -> dict:
    dataset = cfg.train_dataloader.dataset
    # no image will be loaded
    unused = dict(pipeline=[], cache=None)
    dataset = {**dataset, **{k: unused[k] for k in unused if k in dataset}}
    scope = cfg.get('default_scope', 'mmvireid')
    with DefaultScope.overwrite_default_scope(scope):
        dataset = DATASETS.build(dataset)
    if hasattr(dataset, 'full_init'):
        dataset.full_init()
    return getattr(dataset, 'metainfo', {})
