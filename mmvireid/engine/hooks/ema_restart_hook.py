"""Training that goes on from its own average."""

import torch
from mmengine.dist import all_reduce_params, is_distributed
from mmengine.hooks import Hook
from mmengine.model import ExponentialMovingAverage

from mmvireid.registry import HOOKS
from mmvireid.utils.model import plain_model

#: the running statistics of a norm
STATISTICS = ('running_mean', 'running_var')


@HOOKS.register_module()
class EMARestartHook(Hook):
    """Now and then replaces the weights by their moving average.

    From the released code of Fu et al. (ICCV 2021): weights and running
    statistics are averaged in every iteration. Every few epochs, after the
    model has been tested and saved as it is, it becomes the average; the
    optimiser's moments stay. The average is part of the checkpoint.

    Args:
        decay (float): The share of the old average in the new one, in (0.5,
            1). The released scripts have 0.997 for SYSU-MM01 and 0.968 for
            RegDB, whose epochs have a tenth of the steps.
        interval (int): Epochs between two restarts; 0 switches the hook
            off. The released scripts have 2 for SYSU-MM01 and 10 for RegDB.

    Raises:
        ValueError: If the decay is not above 0.5 and below 1.
    """

    KEY = 'ema_restart'

    def __init__(self, decay: float, interval: int) -> None:
        if not 0.5 < decay < 1:
            raise ValueError(
                'decay is the share of the old average, above 0.5 and below '
                f'1, but it is {decay}.'
            )
        self.decay = decay
        self.interval = interval
        self._resumed: dict | None = None

    def after_load_checkpoint(self, runner, checkpoint: dict) -> None:
        """Keep the average of a run that is resumed.

        Args:
            runner (Runner): The runner.
            checkpoint (dict): The checkpoint.
        """
        if runner._resume:
            self._resumed = checkpoint.get(self.KEY)

    def before_train(self, runner) -> None:
        """Start the average at the weights, or where it was.

        Args:
            runner (Runner): The runner.
        """
        if not self.interval:
            return
        self._model = plain_model(runner.model)
        self._average = ExponentialMovingAverage(
            self._model, momentum=1 - self.decay, update_buffers=True
        )
        # The first update copies.
        self._average.update_parameters(self._model)
        if self._resumed is not None:
            self._average.load_state_dict(self._resumed)
            self._resumed = None

    def after_train_iter(
        self,
        runner,
        batch_idx: int,
        data_batch: dict | None = None,
        outputs: dict | None = None,
    ) -> None:
        """Update the average.

        Args:
            runner (Runner): The runner.
            batch_idx (int): Not used.
            data_batch (dict, optional): Not used.
            outputs (dict, optional): Not used.
        """
        if self.interval:
            self._average.update_parameters(self._model)

    def before_train_epoch(self, runner) -> None:
        """Restart from the average.

        Testing and saving lie between the last epoch and this one.

        Args:
            runner (Runner): The runner.
        """
        if self.interval and runner.epoch and not runner.epoch % self.interval:
            self._restart()

    def after_train_epoch(self, runner) -> None:
        """Make the average of the running statistics one on all processes.

        Args:
            runner (Runner): Not used.
        """
        if self.interval and is_distributed():
            all_reduce_params(self._average.module.buffers(), op='mean')

    @torch.no_grad()
    def _restart(self) -> None:
        average = self._average.module.state_dict()
        weights = dict(self._model.named_parameters())
        for key, value in self._model.state_dict().items():
            # Other buffers are set, not learned: a search's temperature.
            if key in weights or key.endswith(STATISTICS):
                value.copy_(average[key])

    def before_save_checkpoint(self, runner, checkpoint: dict) -> None:
        """Save the average.

        Args:
            runner (Runner): The runner.
            checkpoint (dict): The checkpoint.
        """
        if self.interval and hasattr(self, '_average'):
            checkpoint[self.KEY] = self._average.state_dict()
