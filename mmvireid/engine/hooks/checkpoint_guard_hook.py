"""No score from a checkpoint that has seen the answers."""

import logging

from mmengine.hooks import Hook
from mmengine.logging import print_log
from mmengine.runner import BaseLoop
from torch import nn

from mmvireid.registry import HOOKS
from mmvireid.utils.errors import CheckpointError
from mmvireid.utils.model import plain_model
from mmvireid.utils.plain_config import parse_config
from mmvireid.utils.state_dict import leave_misshapen
from mmvireid.utils.training_history import parts_of, seen_data

#: how many missing weights a message names
NAMES_SHOWN = 5
#: parts whose weights decide the features, and what a detector finds
FEATURE_PARTS = (
    'backbone.',
    'neck.',
    'bbox_head.',
    'roi_head.reid.',
    'roi_head.locate.',
)

#: what a message speaks of
EARLIER = 'checkpoint or architecture was'


class CheckpointMismatchError(CheckpointError):
    """A checkpoint does not belong to the data or the model."""


@HOOKS.register_module()
class CheckpointGuardHook(Hook):
    """Refuse a checkpoint that does not fit the data or the model.

    Compared are the checkpoint's record of its training data and the
    datasets of the run. Another trial or other split files of the same data
    set are refused, in training as in testing, for a model must not be
    scored on identities it was trained on. A checkpoint of another data set
    is a cross-dataset evaluation and welcome.

    The same holds for all that came before: the checkpoint that a backbone's
    pre-trained weights come from (its ``pretrained_on``), and those that this
    one started from in turn, which every checkpoint records as
    ``pretrained_on`` in its ``meta``.

    In testing, the checkpoint must also give all weights of the backbone and
    the neck, and of the heads of a detector; other heads may differ, for
    features do not depend on them. A training is only resumed with all its
    weights.

    Args:
        allow_missing_keys (bool): Whether to test with weights missing.
            Defaults to False.
    """

    def __init__(self, allow_missing_keys: bool = False) -> None:
        self.allow_missing_keys = allow_missing_keys
        self._started_from: list = []

    def after_load_checkpoint(self, runner, checkpoint: dict) -> None:
        """Check the checkpoint's record, and its keys once they are loaded.

        Args:
            runner (Runner): The runner.
            checkpoint (dict): The checkpoint.

        Raises:
            CheckpointMismatchError: If it belongs to other data, or to
                another model than that which shall be trained on.
        """
        if runner._resume:
            require_all_weights(plain_model(runner.model), checkpoint)
        trained_on = checkpoint.get('meta', {}).get('dataset_meta') or {}
        if 'dataset_name' not in trained_on:
            runner.logger.warning(
                'The checkpoint does not say on which data it was trained: '
                'whether it has seen the test identities is not known.'
            )
        self._started_from = seen_data(checkpoint)
        for seen in self._started_from:
            self._compare_all(runner, seen)
        if not isinstance(runner._train_loop, BaseLoop):
            model = plain_model(runner.model)
            require_feature_weights(model, self.allow_missing_keys)
            _compare_test_paths(runner, model, checkpoint)

    def before_train(self, runner) -> None:
        """Check what is trained on, and what came before.

        Args:
            runner (Runner): The runner.

        Raises:
            CheckpointMismatchError: If the backbone's pre-trained weights
                belong to other data, or if validation is on identities that
                are trained on.
        """
        meta = getattr(runner.train_dataloader.dataset, 'metainfo', {})
        for trained_on in _pretrained_on(runner.model):
            self._compare_all(runner, trained_on)
        for trained_on in parts_of(meta):
            self._compare_all(runner, trained_on, 'model is being', ('val',))

    def before_save_checkpoint(self, runner, checkpoint: dict) -> None:
        """Record all that the weights have seen before this training.

        Args:
            runner (Runner): The runner.
            checkpoint (dict): What will be saved.
        """
        meta = checkpoint['meta']
        own = parts_of(meta.get('dataset_meta') or {})
        recorded = []
        for seen in [*self._started_from, *_pretrained_on(runner.model)]:
            # A resumed training started from itself.
            if seen not in [*own, *recorded]:
                recorded.append(seen)
        meta['pretrained_on'] = recorded

    def _compare_all(
        self,
        runner,
        trained_on: dict,
        subject: str = EARLIER,
        phases: tuple = ('train', 'val', 'test'),
    ) -> None:
        if 'dataset_name' not in trained_on:
            return
        for phase in phases:
            loop = getattr(runner, f'_{phase}_loop')
            if isinstance(loop, BaseLoop):
                meta = getattr(loop.dataloader.dataset, 'metainfo', {})
                for part in parts_of(meta):
                    self._compare(runner, trained_on, part, phase, subject)

    def _compare(
        self, runner, trained_on: dict, meta: dict, phase: str, subject: str
    ) -> None:
        name, trained_name = meta.get('dataset_name'), trained_on[
            'dataset_name'
        ]  # fmt: skip
        if name != trained_name:
            runner.logger.info(
                f'Cross-dataset {phase}: the {subject} trained on '
                f'{trained_name}, the {phase} data are {name}.'
            )
            return
        for key, words in (('trial', 'trial'), ('split_hash', 'split files')):
            if trained_on.get(key) != meta.get(key):
                raise CheckpointMismatchError(
                    f'The {subject} trained on {words} {trained_on.get(key)} '
                    f'of {name}, but the {phase} data are of {words} '
                    f'{meta.get(key)}: it may have seen the test identities. '
                    'Use that of this trial and split (REGDB_TRIAL chooses '
                    'the trial of RegDB).'
                )
        if phase == 'train':
            return
        seen = set(trained_on.get('identities', ())) & set(
            meta.get('identities', ())
        )
        if seen:
            some = ', '.join(sorted(seen)[:5])
            raise CheckpointMismatchError(
                f'The {subject} trained on {len(seen)} identities of the '
                f'{phase} data of {name} (e.g. {some}). Test on a split that '
                'was not trained on.'
            )


def _compare_test_paths(runner, model: nn.Module, checkpoint: dict) -> None:
    """Tell when a person detector searches otherwise than it was trained."""
    text = checkpoint.get('meta', {}).get('cfg')
    if text is None or not hasattr(model, 'test_path'):
        return
    try:
        trained = parse_config(text).model.get('test_path', 'object')
    except ValueError:  # not made of plain values
        return
    if trained != model.test_path:
        runner.logger.warning(
            f"The checkpoint was trained to search by test_path='{trained}', "
            f"but is tested by '{model.test_path}', which nothing has taught "
            'it. Test it with the config that it was trained with.'
        )


def _pretrained_on(model: nn.Module) -> list:
    return [
        seen
        for module in model.modules()
        for seen in getattr(module, 'pretrained_on', ())
        if seen
    ]


def require_all_weights(model: nn.Module, checkpoint: dict) -> None:
    """Refuse a checkpoint whose weights are not those of a model.

    Args:
        model (nn.Module): The model.
        checkpoint (dict): The checkpoint.

    Raises:
        CheckpointMismatchError: If weights are missing, left over or of
            another shape.
    """
    given = checkpoint.get('state_dict', {})
    wanted = model.state_dict()
    odd = sorted(given.keys() ^ wanted.keys())
    odd += [
        key
        for key in sorted(given.keys() & wanted.keys())
        if given[key].shape != wanted[key].shape
    ]
    if odd:
        raise CheckpointMismatchError(
            f'The training cannot be resumed: {len(odd)} weights of the '
            'checkpoint are not those of the model, in name or shape: '
            f'{_some(odd)}. Resume with the config that it was trained with; '
            'to start from its weights, name it in load_from, or where the '
            'config names the weights that it starts from.'
        )


def require_feature_weights(
    model: nn.Module, allow_missing_keys: bool = False
) -> None:
    """Have the next loading of weights check that all features get theirs.

    It is checked once they are loaded, for the model's own hooks may map
    some keys to others.

    Args:
        model (nn.Module): The model.
        allow_missing_keys (bool): Whether to warn only. Defaults to False.

    Raises:
        CheckpointMismatchError: While loading, if weights of the backbone,
            the neck or a detector are missing or have another shape.
    """
    # What has another shape is then missing.
    _, handles = leave_misshapen(model)

    def check(module: nn.Module, keys) -> None:
        if not handles:
            return  # it was another loading, before this one
        # This hook itself stays: torch goes through them all just now.
        for handle in handles:
            handle.remove()
        handles.clear()
        lost = [
            key
            for key in keys.missing_keys
            if key.startswith(FEATURE_PARTS)
            and not key.endswith('num_batches_tracked')
        ]
        if not lost:
            return
        message = _describe(lost, list(keys.unexpected_keys))
        if not allow_missing_keys:
            raise CheckpointMismatchError(
                message + ' Test with the config it was trained with, or '
                'allow it with --allow-missing-keys.'
            )
        print_log(message, logger='current', level=logging.WARNING)

    model.register_load_state_dict_post_hook(check)


def _describe(lost: list, unexpected: list) -> str:
    return (
        f'The checkpoint lacks {len(lost)} weights of the backbone, the neck '
        f'or a detector, or has them in another shape: {_some(lost)}. It '
        f'holds {len(unexpected)} that the model does not know: '
        f'{_some(unexpected) or "none"}.'
    )


def _some(names: list) -> str:
    more = len(names) - NAMES_SHOWN
    return ', '.join(names[:NAMES_SHOWN]) + (f' and {more} more' * (more > 0))
