"""The part of a model that features come from."""

from mmengine.config import Config
from mmengine.runner import load_checkpoint

from mmvireid.engine.hooks.checkpoint_guard_hook import (
    require_feature_weights,
)
from mmvireid.models import CrossModalityModel
from mmvireid.registry import MODELS
from mmvireid.utils.config import require_model


def features_only(model: dict) -> dict:
    """Leave out of a model's config what its features do not depend on.

    The heads, which depend on the training set, and augmentations of
    batches: MMGL lays its puzzles in validation too.

    Args:
        model (dict): The config of a :class:`CrossModalityModel`.

    Returns:
        dict: Another one.
    """
    preprocessor = dict(model.get('data_preprocessor') or {})
    preprocessor.pop('batch_augments', None)
    kept = dict(model, heads={})
    if preprocessor:
        kept['data_preprocessor'] = preprocessor
    return kept


def build_feature_model(
    cfg: Config, checkpoint: str | None = None
) -> CrossModalityModel:
    """Build the model of a config without heads, and load its weights.

    Features do not depend on the heads, nor these on anything but the
    training set, which so need not be there.

    Args:
        cfg (Config): The config.
        checkpoint (str, optional): File or address. Defaults to None: the
            weights stay as they are built.

    Returns:
        CrossModalityModel: In evaluation mode.

    Raises:
        ValueError: If the config's model is another one.
        CheckpointMismatchError: If the checkpoint lacks weights of the
            backbone or the neck.
    """
    require_model(cfg, CrossModalityModel.__name__)
    model = MODELS.build(features_only(cfg.model))
    if checkpoint is not None:
        require_feature_weights(model)
        load_checkpoint(model, checkpoint, 'cpu', logger='silent')
    return model.eval()
