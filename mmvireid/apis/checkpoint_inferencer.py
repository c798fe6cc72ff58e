"""What all inferencers share."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from mmengine.config import Config
from mmengine.infer import BaseInferencer
from mmengine.registry import DefaultScope
from mmengine.runner import CheckpointLoader
from torch import nn

from mmvireid.engine.hooks.checkpoint_guard_hook import (
    require_feature_weights,
)
from mmvireid.utils.config import load_config

IMAGE_SUFFIXES = {'.bmp', '.jpeg', '.jpg', '.png', '.tif', '.tiff', '.webp'}


class CheckpointInferencer(BaseInferencer):
    """Base of inferencers of a config and a checkpoint.

    Args:
        config (Config): The config, as :meth:`read_config` gives it.
        weights (str): The checkpoint.
        device (str, optional): Defaults to None: what there is.

    Raises:
        CheckpointMismatchError: If the weights lack some of the backbone or
            neck.
    """

    def __init__(
        self, config: Config, weights: str, device: str | None = None
    ) -> None:
        config.pop('visualizer', None)
        with DefaultScope.overwrite_default_scope('mmvireid'):
            super().__init__(config, weights, device, 'mmvireid', False)

    @staticmethod
    def read_config(model: str | Config | None, weights: str | None) -> Config:
        """Return the config of a model, to be changed at will.

        Args:
            model (str | Config, optional): The config or its file. None
                stands for the one that the checkpoint holds.
            weights (str): The checkpoint.

        Returns:
            Config: A config of its own.

        Raises:
            ValueError: If there are no weights.
        """
        if weights is None:
            raise ValueError('weights must be the path of a checkpoint.')
        if model is None:
            meta = CheckpointLoader.load_checkpoint(weights, 'cpu')['meta']
            return Config.fromstring(meta['cfg'], '.py')
        if isinstance(model, str):
            return load_config(model)
        return Config(model.to_dict())

    def visualize(self, inputs: list, preds: list) -> None:
        """Do nothing: :mod:`mmvireid.visualization` draws.

        Args:
            inputs (list): The images.
            preds (list): Predictions of the model.
        """

    def _inputs_to_list(self, inputs: str | np.ndarray | Sequence) -> list:
        if not isinstance(inputs, (str, Path)):
            return [inputs] if isinstance(inputs, np.ndarray) else list(inputs)
        if not Path(inputs).is_dir():
            return [str(inputs)]
        images = sorted(
            str(path)
            for path in Path(inputs).rglob('*')
            if path.suffix.lower() in IMAGE_SUFFIXES
        )
        if not images:
            raise FileNotFoundError(f'There is no image in "{inputs}".')
        return images

    def _load_weights_to_model(
        self, model: nn.Module, checkpoint: dict, cfg: Config
    ) -> None:
        weights = checkpoint.get('state_dict', checkpoint)
        require_feature_weights(model, weights)
        super()._load_weights_to_model(model, checkpoint, cfg)
