"""What all inferencers share."""

from collections.abc import Callable, Sequence
from pathlib import Path

import cv2
import numpy as np
import torch
from mmengine.config import Config
from mmengine.infer import BaseInferencer
from mmengine.registry import DefaultScope
from torch import nn

from mmvireid.datasets.folders import is_image_name
from mmvireid.engine import checkpoint_meta
from mmvireid.engine.hooks.checkpoint_guard_hook import (
    require_feature_weights,
)
from mmvireid.utils.config import load_config
from mmvireid.utils.images import as_bgr
from mmvireid.utils.plain_config import parse_config


def load_image(
    load: Callable, image: str | Path | np.ndarray, labels: dict
) -> dict:
    """Load an image by the first step of a pipeline, or take it as it is.

    Args:
        load (Callable): The step.
        image (str | Path | np.ndarray): A file, or ``(H, W, 3)`` BGR or
            ``(H, W)`` gray, uint8.
        labels (dict): What else is known of it.

    Returns:
        dict: The labels and what the step makes of the image.

    Raises:
        FileNotFoundError: If there is no such file.
        ValueError: If it is no image.
    """
    if isinstance(image, np.ndarray):
        image = as_bgr(image)
        shape = image.shape[:2]
        return dict(labels, img=image, img_shape=shape, ori_shape=shape)
    if not Path(image).is_file():
        raise FileNotFoundError(f'There is no image or folder "{image}".')
    try:
        return load(dict(labels, img_path=str(image)))
    except (AssertionError, AttributeError, cv2.error) as error:
        raise ValueError(f'"{image}" cannot be read as an image.') from error


def _check_device(device: str | None) -> None:
    if device is None:
        return
    try:
        torch.zeros(1, device=device)
    except (RuntimeError, AssertionError) as error:
        reason = str(error).split('\n')[0]
        raise ValueError(
            f'The device "{device}" cannot be used: {reason}'
        ) from error


class CheckpointInferencer(BaseInferencer):
    """Base of inferencers of a config and a checkpoint.

    Args:
        config (Config): The config, as :meth:`read_config` gives it.
        weights (str): The checkpoint.
        device (str, optional): Defaults to None: what there is.

    Raises:
        ValueError: If the config does not say how images are prepared, or
            the device cannot be used.
        CheckpointMismatchError: If the weights lack some of the backbone or
            neck.
    """

    def __init__(
        self, config: Config, weights: str, device: str | None = None
    ) -> None:
        if config.get('test_dataloader') is None:
            raise ValueError(
                'The config must have test_dataloader.dataset.pipeline, which '
                'prepares the images, but it has no test_dataloader. Name a '
                'config that tests persons, such as one of fine-tuning.'
            )
        config.pop('visualizer', None)
        _check_device(device)
        with DefaultScope.overwrite_default_scope('mmvireid'):
            super().__init__(config, weights, device, 'mmvireid', False)

    @staticmethod
    def read_config(
        model: str | Config | dict | None, weights: str | None
    ) -> Config:
        """Return the config of a model, to be changed at will.

        Args:
            model (str | Config | dict, optional): The config or its file.
                None stands for the one that the checkpoint holds.
            weights (str): The checkpoint.

        Returns:
            Config: A config of its own.

        Raises:
            ValueError: If there are no weights, or they hold no config.
        """
        if weights is None:
            raise ValueError(
                'weights must be the path of a checkpoint. (The first '
                'argument, model, is the config.)'
            )
        if isinstance(model, (str, Path)):
            return load_config(str(model))
        if isinstance(model, Config):
            return Config(model.to_dict())
        if model is not None:
            return Config(model)
        text = checkpoint_meta(weights).get('cfg')
        if text is None:
            raise ValueError(
                f'"{weights}" holds no config, as converted checkpoints do '
                'not. Name the config as well.'
            )
        return parse_config(text)

    def visualize(self, inputs: list, preds: list) -> None:
        """Do nothing: :mod:`mmvireid.visualization` draws.

        Args:
            inputs (list): The images.
            preds (list): Predictions of the model.
        """

    def _inputs_to_list(self, inputs: str | np.ndarray | Sequence) -> list:
        if not isinstance(inputs, (str, Path)):
            one = isinstance(inputs, np.ndarray)
            images = [inputs] if one else list(inputs)
            if not images:
                raise ValueError('The list of images is empty.')
            return images
        if not Path(inputs).is_dir():
            return [str(inputs)]
        images = sorted(
            str(path)
            for path in Path(inputs).rglob('*')
            if is_image_name(path.name)
        )
        if not images:
            raise FileNotFoundError(f'There is no image in "{inputs}".')
        return images

    def _load_weights_to_model(
        self, model: nn.Module, checkpoint: dict, cfg: Config
    ) -> None:
        require_feature_weights(model)
        super()._load_weights_to_model(model, checkpoint, cfg)
