"""Search for a person in scenes outside of any data set."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import torch
from mmengine.config import Config
from mmengine.dataset import Compose
from torch import Tensor

from mmvireid.engine import checkpoint_meta
from mmvireid.engine.runners import embed_boxes, search_scenes
from mmvireid.registry import INFERENCERS, TRANSFORMS
from mmvireid.structures import MODALITIES, SearchHit
from mmvireid.utils.config import fill_num_identities

from .checkpoint_inferencer import CheckpointInferencer, load_image

Scene = str | np.ndarray


@INFERENCERS.register_module()
class PersonSearchInferencer(CheckpointInferencer):
    """Looks for the person in a box in other scenes.

    A scene is a path, or a BGR array ``(H, W, 3)``, uint8, as OpenCV reads
    it. Several are a list, or a folder, whose images are taken in sorted
    order with those of its subfolders; the query's own file is left out.

    Args:
        model (str | Config, optional): The config. Defaults to None: the one
            that the checkpoint holds.
        weights (str): The checkpoint.
        device (str, optional): Defaults to None: what there is.

    Raises:
        ValueError: If there are no weights, or the model takes images
            of one person.
        CheckpointMismatchError: If they lack some of the backbone or neck.

    Examples:
        >>> inferencer = PersonSearchInferencer(config, checkpoint)
        >>> hits = inferencer('scenes/', 'a.jpg', box=(412, 80, 470, 251))
        >>> hits[0].image, hits[0].bbox, hits[0].similarity
        ('scenes/c2_0041.jpg', (90.1, 77.0, 148.9, 240.5), 0.87)
    """

    def __init__(
        self,
        model: str | Config | None = None,
        weights: str | None = None,
        device: str | None = None,
    ) -> None:
        config = self.read_config(model, weights)
        if config.model.type.split('.')[-1] == 'CrossModalityModel':
            raise ValueError(
                'This searches scenes by a detector, but the config has a '
                'CrossModalityModel, which takes images of one person: '
                'CrossModalityInferencer is for those.'
            )
        # The tables of identities have their size from the training, which
        # a config that comes with the weights tells.
        if config.model.get('num_identities') is None:
            meta = checkpoint_meta(weights)
            fill_num_identities(config, meta.get('dataset_meta'))
        super().__init__(config, weights, device)

    def __call__(
        self,
        scenes: str | Sequence[Scene],
        query: Scene,
        box: Sequence[float],
        top: int = 10,
        score_thr: float = 0.5,
        batch_size: int = 1,
        query_modality: str = 'visible',
        modality: str = 'visible',
    ) -> list[SearchHit]:
        """Search scenes for a person.

        Args:
            scenes (str | Sequence): Where to look: scenes or a folder.
            query (str | np.ndarray): The scene that shows the person.
            box (Sequence[float]): x1, y1, x2, y2 of the person there, in
                pixels.
            top (int): How many hits to return. Defaults to 10.
            score_thr (float): Detections with a lower score are no hits. It
                takes the place of the model's own. Defaults to 0.5.
            batch_size (int): Scenes in a batch. Defaults to 1.
            query_modality (str): 'visible' or 'infrared'. Defaults to
                'visible'.
            modality (str): That of the scenes. Defaults to 'visible'.

        Returns:
            list[SearchHit]: The most similar detections, best first; equal
            ones in the order of the scenes.

        Raises:
            FileNotFoundError: If an image is missing or a folder is empty.
            ValueError: If an image cannot be read, a modality is unknown,
                the box is not in its scene, a number is out of its range,
                there is no scene but the query's, or the model gives
                embeddings that are no numbers.
        """
        _check_numbers(top, score_thr, batch_size)
        _check(box, query_modality, modality)
        self.model.score_thr = score_thr
        wanted = self._embed(query, box, query_modality)
        scenes = _without(self._inputs_to_list(scenes), query)
        if not scenes:
            raise ValueError(
                f'There is no scene to search besides that of the query, '
                f'"{query}".'
            )
        found: list[SearchHit] = []
        items = [(scene, None, modality) for scene in scenes]
        start = 0
        for batch in self.preprocess(items, batch_size):
            samples = self._search(batch, wanted)
            images = scenes[start : start + len(samples)]
            start += len(samples)
            for image, sample in zip(images, samples, strict=True):
                found += _hits(image, sample.pred_instances, score_thr)
        found.sort(key=lambda hit: -hit.similarity)
        return found[:top]

    def _embed(
        self, query: Scene, box: Sequence[float], modality: str
    ) -> dict[str, Tensor]:
        """Embed the query in its own scene."""
        (batch,) = self.preprocess([(query, box, modality)], 1)
        if self._by_query:
            ((_, embedded),) = embed_boxes(self.model, batch)
            device = self.model.data_preprocessor.device
            wanted = {name: x.to(device) for name, x in embedded.items()}
        else:
            (sample,) = self.forward(batch)
            wanted = dict(reid=sample.gt_instances.embeddings)
        if not bool(torch.isfinite(wanted['reid']).all()):
            raise ValueError(
                'The embedding of the query is not a number: the weights '
                'are damaged, or their training diverged.'
            )
        return wanted

    def _search(self, batch: dict, wanted: dict[str, Tensor]) -> list:
        if self._by_query:
            number = len(batch['data_samples'])
            everywhere = [torch.zeros(1, dtype=torch.int64)] * number
            return search_scenes(self.model, batch, wanted, everywhere, 1)
        samples = self.forward(batch)
        for sample in samples:
            found = sample.pred_instances
            found.similarities = (found.embeddings @ wanted['reid'].T)[:, 0]
        return samples

    @property
    def _by_query(self) -> bool:
        return getattr(self.model, 'test_path', 'object') == 'query'

    def postprocess(
        self, preds: list, visualization: None, return_datasample: bool = False
    ) -> list:
        """Return the predictions as they are.

        Args:
            preds (list): Predictions of the model.
            visualization (None): Not used.
            return_datasample (bool): Not used.
        """
        return preds

    def _init_pipeline(self, cfg: Config) -> Compose:
        pipeline = cfg.test_dataloader.dataset.pipeline
        load, *others = [TRANSFORMS.build(step) for step in pipeline]

        def load_scene(item: tuple) -> dict:
            image, box, modality = item
            scene = load_image(load, image, _describe(box, modality))
            scene['height'], scene['width'] = scene['ori_shape']
            if box is not None:
                _check_inside(box, *scene['ori_shape'])
            return scene

        return Compose([load_scene, *others])


def _describe(box: Sequence[float] | None, modality: str) -> dict:
    """Describe a scene as a data set does, with one box or none."""
    instance = dict(
        bbox_label=0,
        ignore_flag=0,
        person_id=0,
        is_known=True,
        iou_thresh=0.5,
        ann_id=0,
    )
    instances = [] if box is None else [dict(instance, bbox=list(box))]
    return dict(
        img_path='',  # of an array
        img_id=0,
        cam_id=-1,
        modality=MODALITIES.index(modality),
        instances=instances,
    )


def _check_numbers(top: int, score_thr: float, batch_size: int) -> None:
    for name, number in (('top', top), ('batch_size', batch_size)):
        if not isinstance(number, int) or number < 1:
            raise ValueError(
                f'{name} must be a whole number from 1 on, but is {number!r}.'
            )
    if not isinstance(score_thr, (int, float)):
        raise ValueError(f'score_thr must be a number, but is {score_thr!r}.')


def _check(box: Sequence[float], *modalities: str) -> None:
    unknown = [name for name in modalities if name not in MODALITIES]
    if unknown:
        raise ValueError(
            f'A modality must be one of {MODALITIES}, but is {unknown[0]!r}.'
        )
    box = np.asarray(box, dtype=float)
    if (
        box.shape != (4,)
        or not np.isfinite(box).all()
        or box[2] - box[0] < 1
        or box[3] - box[1] < 1
    ):
        raise ValueError(
            'box must be x1, y1, x2, y2 in pixels, at least one pixel wide '
            f'and high, but is {box.tolist()}.'
        )


def _check_inside(box: Sequence[float], height: int, width: int) -> None:
    if box[0] >= width or box[1] >= height or box[2] <= 0 or box[3] <= 0:
        raise ValueError(
            f'The box {list(box)} is not in its scene, which is {width} '
            f'pixels wide and {height} high.'
        )


def _without(scenes: list, query: Scene) -> list:
    """Leave out the file of the query."""
    if isinstance(query, np.ndarray):
        return scenes
    own = Path(query).resolve()
    return [
        scene
        for scene in scenes
        if isinstance(scene, np.ndarray) or Path(scene).resolve() != own
    ]


def _hits(image: Scene, found, score_thr: float) -> Iterator[SearchHit]:
    """List the detections of a scene.

    Raises:
        ValueError: If a similarity is not a number.
    """
    kept = (found.scores >= score_thr).cpu()
    columns = (found.bboxes, found.similarities, found.scores)
    boxes, similarities, scores = (x.cpu()[kept].tolist() for x in columns)
    for box, similarity, score in zip(
        boxes, similarities, scores, strict=True
    ):
        if not np.isfinite(similarity):
            raise ValueError(
                'An embedding is not a number: the weights are damaged, or '
                'their training diverged.'
            )
        yield SearchHit(image, tuple(box), similarity, score)
