"""Features, comparisons and rankings of images outside of any data set."""

from collections.abc import Sequence

import numpy as np
import torch
from mmengine.config import Config
from mmengine.dataset import Compose
from torch import Tensor

from mmvireid.datasets import collate_views
from mmvireid.registry import INFERENCERS, TRANSFORMS
from mmvireid.structures import MODALITIES
from mmvireid.utils.config import require_model

from .checkpoint_inferencer import CheckpointInferencer, load_image
from .feature_model import features_only


@INFERENCERS.register_module()
class CrossModalityInferencer(CheckpointInferencer):
    """Extracts features of persons' images and compares them.

    An image is a path, or a BGR array ``(H, W, 3)`` or a gray one ``(H, W)``,
    uint8, as OpenCV reads them. Several are a list, or a folder, whose images
    are taken in sorted order with those of its subfolders. A modality is
    ``'visible'`` or ``'infrared'``, for all images or as a list.

    Args:
        model (str | Config | dict, optional): The config. Defaults to None:
            the one that the checkpoint holds.
        weights (str): The checkpoint.
        device (str, optional): Defaults to None: what there is.
        feature (str): Which of the model's features. Defaults to ``'bn'``.
        flip (bool): Whether to average with the mirrored image's features.
            Defaults to False.

    Raises:
        ValueError: If there are no weights, or the model is another one.
        CheckpointMismatchError: If they lack some of the backbone or neck.

    Examples:
        >>> inferencer = CrossModalityInferencer(config, checkpoint)
        >>> features = inferencer('night/', 'infrared')['features']
        >>> inferencer.compare('a.jpg', 'visible', 'b.jpg', 'infrared')
        0.83
        >>> inferencer.rank('a.jpg', 'visible', 'night/', 'infrared')
        [('night/b.jpg', 0.83), ('night/c.jpg', 0.41)]
    """

    preprocess_kwargs = {'modality'}

    def __init__(
        self,
        model: str | Config | dict | None = None,
        weights: str | None = None,
        device: str | None = None,
        feature: str = 'bn',
        flip: bool = False,
    ) -> None:
        config = self.read_config(model, weights)
        require_model(config, 'CrossModalityModel')
        self.feature = feature
        config.model = features_only(config.model)
        config.model.test_cfg = dict(flip=flip, features=[feature])
        super().__init__(config, weights, device)

    def __call__(
        self,
        inputs: str | np.ndarray | Sequence,
        modality: str | Sequence[str],
        batch_size: int = 32,
    ) -> dict:
        """Extract features.

        Args:
            inputs (str | np.ndarray | Sequence): One or several images.
            modality (str | Sequence[str]): Theirs.
            batch_size (int): Images in a batch. Defaults to 32.

        Returns:
            dict: ``features``, a tensor ``(N, C)`` of unit rows in float32
            on the CPU, and ``images``, the ``N`` images in the same order.

        Raises:
            FileNotFoundError: If an image is missing or a folder is empty.
            ValueError: If a modality is unknown, or there are not as many
                as images.
        """
        images = self._inputs_to_list(inputs)
        results = super().__call__(
            images, batch_size=batch_size, modality=modality
        )
        return dict(features=results, images=images)

    def compare(
        self,
        first: str | np.ndarray,
        first_modality: str,
        second: str | np.ndarray,
        second_modality: str,
    ) -> float:
        """Say how much two images look like the same person.

        Args:
            first (str | np.ndarray): An image.
            first_modality (str): Its modality.
            second (str | np.ndarray): Another one.
            second_modality (str): Its modality.

        Returns:
            float: The cosine similarity of their features, in [-1, 1]. From
            which value on they are the same person depends on the model:
            choose it on labelled pairs.
        """
        features = self([first, second], [first_modality, second_modality])
        return float(torch.dot(*features['features']).clamp(-1, 1))

    def rank(
        self,
        query: str | np.ndarray,
        query_modality: str,
        gallery: str | Sequence | dict,
        gallery_modality: str | Sequence[str] | None = None,
        top: int = 10,
    ) -> list[tuple]:
        """Look for the images of a gallery that are most like the query.

        Args:
            query (str | np.ndarray): An image.
            query_modality (str): Its modality.
            gallery (str | Sequence | dict): Images or a folder, or, for many
                queries, what calling the inferencer on them returned.
            gallery_modality (str | Sequence[str], optional): That of the
                images. Defaults to None, for what was returned.
            top (int): How many to return. Defaults to 10.

        Returns:
            list[tuple]: Pairs of an image and its similarity, the most
            similar first; equal ones in the gallery's order.
        """
        wanted = self([query], query_modality)['features'][0]
        known = isinstance(gallery, dict)
        found = gallery if known else self(gallery, gallery_modality)
        scores = (found['features'] @ wanted).clamp(-1, 1)
        order = scores.argsort(descending=True, stable=True)[:top].tolist()
        return [(found['images'][i], float(scores[i])) for i in order]

    def preprocess(
        self,
        inputs: list,
        batch_size: int = 1,
        modality: str | Sequence[str] = 'visible',
    ):
        """Load the images batch by batch.

        Args:
            inputs (list): ``N`` images.
            batch_size (int): Images in a batch.
            modality (str | Sequence[str]): One, or ``N``.

        Yields:
            dict: A batch for the model.
        """
        if isinstance(modality, str):
            modality = [modality] * len(inputs)
        modality = modality or ()
        if len(modality) != len(inputs) or set(modality) - set(MODALITIES):
            raise ValueError(
                f'modality must be one of {MODALITIES}, or a list of them '
                f'for {len(inputs)} images, but it is {modality}.'
            )
        pairs = list(zip(inputs, modality, strict=True))
        yield from super().preprocess(pairs, batch_size)

    def postprocess(
        self, preds: list, visualization, return_datasample: bool = False
    ) -> Tensor:
        """Stack the features.

        Args:
            preds (list[DataSample]): Predictions of the model.
            visualization (None): Not used.
            return_datasample (bool): Not used.

        Returns:
            Tensor: ``(N, C)`` unit rows.

        Raises:
            ValueError: If a feature is not finite.
        """
        features = torch.stack([p.features[self.feature] for p in preds])
        broken = (~features.isfinite().all(dim=1)).sum()
        if broken:
            raise ValueError(
                f'The features of {broken} of {len(features)} images are not '
                'finite. The weights of the checkpoint are not, or values '
                'overflow.'
            )
        return features

    def _init_pipeline(self, cfg: Config) -> Compose:
        pipeline = cfg.test_dataloader.dataset.pipeline
        load, *others = [TRANSFORMS.build(step) for step in pipeline]

        def load_pair(pair: tuple) -> dict:
            image, modality = pair
            labels = dict(modality=MODALITIES.index(modality))
            return load_image(load, image, labels)

        return Compose([load_pair, *others])

    def _init_collate(self, cfg: Config):
        return collate_views
