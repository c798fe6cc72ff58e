"""What a search finds, and how it got there."""

from pathlib import Path

import numpy as np
from mmengine.dist import master_only
from mmengine.hooks import Hook

from mmvireid.models.backbones import NormSearchTwoStream, write_architecture
from mmvireid.registry import HOOKS
from mmvireid.utils.model import plain_model

HISTORY = 'architecture_history'


@HOOKS.register_module()
class ArchitectureHook(Hook):
    """Logs a search's architecture, and writes and draws it at the end.

    After each epoch the log says how many norms are separate. In the end the
    work dir holds ``architecture.json`` and ``architecture.txt`` (the
    official line of integers), and ``architecture.png``, how each norm moved
    between shared and separate. The course is part of the checkpoint.
    """

    def before_train(self, runner) -> None:
        """Find the backbone that is searched.

        Args:
            runner (Runner): The runner.

        Raises:
            TypeError: If there is none.
        """
        self._backbone = plain_model(runner.model).backbone
        if not isinstance(self._backbone, NormSearchTwoStream):
            raise TypeError(
                'ArchitectureHook needs model.backbone to be a '
                f'NormSearchTwoStream, not a {type(self._backbone).__name__}.'
            )
        if runner.epoch == 0:
            runner.message_hub.update_info(HISTORY, [self._now()])

    def after_train_epoch(self, runner) -> None:
        """Note where each norm is.

        Args:
            runner (Runner): The runner.
        """
        now = self._now()
        history = runner.message_hub.get_info(HISTORY, [])
        runner.message_hub.update_info(HISTORY, [*history, now])
        separate = sum(self._backbone.architecture().values())
        preference = np.abs(np.array(now) - 0.5).mean() + 0.5
        runner.logger.info(
            f'Architecture after epoch {runner.epoch + 1}: {separate} of '
            f'{len(now)} norms separate, mean share of the preferred '
            f'candidate {preference:.3f}'
        )

    @master_only
    def after_train(self, runner) -> None:
        """Write and draw the architecture.

        Args:
            runner (Runner): The runner.
        """
        # Here, for it imports OpenCV.
        from mmvireid.visualization import draw_architecture

        folder = Path(runner.work_dir)
        architecture = self._backbone.architecture()
        searched_on = runner.train_dataloader.dataset.metainfo
        for suffix in ('json', 'txt'):
            write_architecture(
                folder / f'architecture.{suffix}', architecture, searched_on
            )
        history = np.array(runner.message_hub.get_info(HISTORY))
        draw_architecture(
            history, list(architecture), folder / 'architecture.png'
        )
        separate = [name for name, choice in architecture.items() if choice]
        runner.logger.info(
            f'{len(separate)} of {len(architecture)} norms are separate: '
            f'{", ".join(separate) or "none"}. Written to '
            f'{folder / "architecture.json"}.'
        )

    def _now(self) -> list:
        return self._backbone.separate_probabilities().tolist()
