"""Schedules of what a head does."""

import math
from bisect import bisect_right
from collections.abc import Callable
from difflib import get_close_matches

from mmengine.hooks import Hook
from torch import nn

from mmvireid.registry import HOOKS
from mmvireid.utils.model import plain_model

#: The share of the way that is gone at a share of the time.
FORMS: dict[str, Callable] = {
    'step': lambda t: 0.0,
    'linear': lambda t: t,
    'sigmoid': lambda t: 2 / (1 + math.exp(-10 * t)) - 1,
}


@HOOKS.register_module()
class ScheduledAttributeHook(Hook):
    """Set an attribute of a part of the model as training goes on.

    The value follows from the epoch (or iteration) alone, so that a resumed
    run goes on exactly where it stopped.

    Args:
        target (str): The attribute, by its path in the model, e.g.
            ``'heads.triplet.loss_module.squared'``.
        schedule (dict): From which epoch (or iteration) on, counted from 0,
            it has which value, e.g. ``{0: False, 10: True}``; ``'end'`` is
            that at which training ends, e.g. ``{0: 0.0, 'end': 1.0}``.
            Before the first one it keeps the value it was built with.
        by_epoch (bool): Whether the schedule counts epochs. Defaults to True.
        form (str): How to go from one value to the next: ``'step'``, by a
            jump; ``'linear'``, in a straight line; ``'sigmoid'``, by
            ``2 / (1 + exp(-10 t)) - 1`` of the way at the share ``t`` of the
            time, as Ganin & Lempitsky (ICML 2015) raise the strength of a
            gradient reversal. Defaults to ``'step'``.

    Raises:
        ValueError: If the schedule is empty, counts no integers, or is
            not by steps with values that are no numbers; or the form is
            unknown.
    """

    # Before any hook that reads the model's state.
    priority = 'HIGH'

    def __init__(
        self,
        target: str,
        schedule: dict,
        by_epoch: bool = True,
        form: str = 'step',
    ) -> None:
        # A config that went through a file has its keys as text.
        schedule = {
            math.inf if step == 'end' else int(step): value
            for step, value in schedule.items()
        }
        if not schedule:
            raise ValueError(f'The schedule of "{target}" is empty.')
        if form not in FORMS:
            raise ValueError(
                f'form must be one of {sorted(FORMS)}, not "{form}".'
            )
        if form != 'step' and not all(
            isinstance(value, (int, float)) and not isinstance(value, bool)
            for value in schedule.values()
        ):
            raise ValueError(
                f'The {form} schedule of "{target}" must hold numbers, but '
                f'it holds {list(schedule.values())}.'
            )
        self.target = target
        self.steps = sorted(schedule)
        self.values = [schedule[step] for step in self.steps]
        self.by_epoch = by_epoch
        self.form = form

    def before_train(self, runner) -> None:
        """Find the part of the model, and when training ends.

        Args:
            runner (Runner): The runner.

        Raises:
            AttributeError: If there is no such part or attribute.
            ValueError: If a step comes after ``'end'``.
        """
        path, _, self._name = self.target.rpartition('.')
        self._part = _find_part(plain_model(runner.model), path, self._name)
        end = runner.max_epochs if self.by_epoch else runner.max_iters
        self.steps = [end if step == math.inf else step for step in self.steps]
        if self.steps != sorted(self.steps):
            raise ValueError(
                f'The schedule of "{self.target}" has steps beyond the end of '
                f'training, {end}: {self.steps[:-1]}.'
            )

    def before_train_epoch(self, runner) -> None:
        """Set the attribute for the epoch.

        Args:
            runner (Runner): The runner.
        """
        if self.by_epoch:
            self._set(runner.epoch)

    def before_train_iter(
        self, runner, batch_idx: int, data_batch: dict | None = None
    ) -> None:
        """Set the attribute for the iteration.

        Args:
            runner (Runner): The runner.
            batch_idx (int): The number of the batch in the epoch.
            data_batch (dict, optional): The batch.
        """
        if not self.by_epoch:
            self._set(runner.iter)

    def value(self, step: int):
        """Look up the schedule.

        Args:
            step (int): The epoch or iteration.

        Returns:
            Any: The value then; None before the first.
        """
        i = bisect_right(self.steps, step) - 1
        if i < 0:
            return None
        if i + 1 == len(self.steps) or self.form == 'step':
            return self.values[i]
        start, end = self.steps[i : i + 2]
        low, high = self.values[i : i + 2]
        share = FORMS[self.form]((step - start) / (end - start))
        return low + (high - low) * share

    def _set(self, step: int) -> None:
        if step >= self.steps[0]:
            setattr(self._part, self._name, self.value(step))


def _find_part(model: nn.Module, path: str, name: str) -> nn.Module:
    parts = dict(model.named_modules())
    if path not in parts:
        near = get_close_matches(path, parts, cutoff=0.5) or list(parts)[1:6]
        raise AttributeError(
            f'The model has no part "{path}" whose "{name}" could be '
            f'scheduled. Near ones: {", ".join(near)}.'
        )
    part = parts[path]
    # A property is not read: on a device it may have to wait for its value.
    if not hasattr(type(part), name) and not hasattr(part, name):
        known = {**vars(type(part)), **vars(part)}
        public = [
            key
            for key, value in known.items()
            if not key.startswith('_') and not callable(value)
        ]
        near = get_close_matches(name, public, cutoff=0.4) or public
        raise AttributeError(
            f'"{path}" ({type(part).__name__}) has no attribute "{name}" to '
            f'be scheduled. Near ones: {", ".join(near)}.'
        )
    return part
