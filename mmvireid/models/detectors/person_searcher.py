"""Searching for persons with a trained detector."""

from collections.abc import Iterator

import torch
import torch.nn.functional as F
from mmdet.models.detectors import BaseDetector
from mmdet.structures import DetDataSample
from mmengine.structures import InstanceData
from torch import Tensor

from mmvireid.models.dense_heads import Detections
from mmvireid.structures import PersonBoxes, image_sizes, visible_first

TEST_PATHS = ('object', 'query')
#: queries that are compared with the anchors of a scene at a time
CHUNK = 64


class PersonSearcher(BaseDetector):
    """What a person detector does in testing.

    The scenes of a batch may differ in size. Those of one padded size are
    computed together, so that each gets the numbers that it gets alone.
    A subclass has a ``backbone``, a ``neck``, a ``bbox_head``, a ``roi_head``
    and ``num_refinements``.

    Args:
        test_path (str): How the test loop is to search: ``'object'``, by
            comparing all persons found, or ``'query'``, by looking for each
            query.
        test_cfg (dict, optional): ``score_thr`` (0.5): what scores must be
            above; ``nms_iou`` (0.5): from which overlap on two detections are
            one; ``candidates`` (300): how many anchors of a scene are looked
            at; ``candidates_per_query`` (100): the same for a query in a
            scene.
        data_preprocessor (dict, optional): Config of the preprocessor.
            Defaults to :class:`PersonSearchDataPreprocessor`.
        init_cfg (dict | list[dict], optional): Initialisation of the whole.

    Raises:
        ValueError: If the path is unknown.
    """

    def __init__(
        self,
        test_path: str,
        test_cfg: dict | None = None,
        data_preprocessor: dict | None = None,
        init_cfg: dict | list | None = None,
    ) -> None:
        super().__init__(
            data_preprocessor or dict(type='PersonSearchDataPreprocessor'),
            init_cfg,
        )
        if test_path not in TEST_PATHS:
            raise ValueError(
                f'test_path must be one of {TEST_PATHS}, not "{test_path}".'
            )
        self.test_path = test_path
        self._read_test_cfg(**(test_cfg or {}))

    def _read_test_cfg(
        self,
        score_thr: float = 0.5,
        nms_iou: float = 0.5,
        candidates: int = 300,
        candidates_per_query: int = 100,
    ) -> None:
        self.score_thr = score_thr
        self.nms_iou = nms_iou
        self.candidates = candidates
        self.candidates_per_query = candidates_per_query

    def extract_feat(self, inputs: Tensor, data_samples: list) -> tuple:
        """Compute the pyramid.

        Args:
            inputs (Tensor): ``(N, 3, H, W)``, in any order.
            data_samples (list[DetDataSample]): ``N`` samples; one without
                ``modality`` is visible.

        Returns:
            tuple[Tensor]: Maps ``(N, C, h, w)`` in the order of the inputs.
        """
        order, num_visible = visible_first(data_samples, inputs.device)
        maps = self.neck(self.backbone(inputs[order], num_visible))
        restore = order.argsort()
        return tuple(level[restore] for level in maps)

    def _forward(
        self, inputs: Tensor, data_samples: list | None = None
    ) -> Tensor:
        """Embed all anchors ``(N, A, d)``."""
        samples = data_samples or [DetDataSample()] * len(inputs)
        return self.bbox_head(self.extract_feat(inputs, samples))

    @torch.no_grad()
    def predict(self, inputs: Tensor, data_samples: list) -> list:
        """Find all persons, and embed them and the annotated boxes.

        Args:
            inputs (Tensor): ``(N, 3, H, W)``, padded at the right and the
                bottom.
            data_samples (list[DetDataSample]): ``N`` samples with
                ``img_shape`` and ``scale_factor``.

        Returns:
            list[DetDataSample]: The samples, in the same order, with
            ``pred_instances``: ``bboxes`` ``(M, 4)`` in pixels of the
            original image, ``scores``, ``labels`` and ``embeddings``
            ``(M, D)``, unit vectors in float32. Where there are annotated
            boxes, ``gt_instances`` get ``embeddings`` too.
        """
        for samples, maps, size in self._groups(inputs, data_samples):
            sizes = image_sizes(samples, inputs.device)
            found = self.bbox_head.detect(
                self.bbox_head(maps),
                self.bbox_head.anchors(maps, size),
                sizes,
                self.score_thr,
                self.candidates,
            ).suppress(self.nms_iou)
            for step in range(1, self.num_refinements + 1):
                embeddings = self.roi_head.embed_location(
                    maps[0], found.boxes, found.images, step
                )
                found = self.bbox_head.refine(
                    step, found, embeddings, sizes
                ).suppress(self.nms_iou)
            self._write(found, samples, maps)
            annotated = [s for s in samples if 'gt_instances' in s]
            if len(annotated) == len(samples):
                self._embed_annotated(samples, maps)
        return data_samples

    @torch.no_grad()
    def embed_queries(self, inputs: Tensor, data_samples: list) -> list:
        """Embed annotated boxes in their own scenes.

        Args:
            inputs (Tensor): ``(N, 3, H, W)``.
            data_samples (list[DetDataSample]): ``N`` samples with ``bboxes``
                of their ``gt_instances``, in pixels of the input, and
                ``person_ids``.

        Returns:
            list[dict[str, Tensor]]: For each scene, ``reid`` ``(G_n, D)``,
            unit vectors to compare persons by, and ``locate`` ``(G_n, d)``,
            what :meth:`search` looks for; both in float32.
        """
        results = {}
        for samples, maps, _ in self._groups(inputs, data_samples):
            reid, locate = self._embed_annotated(samples, maps)
            counts = [len(sample.gt_instances) for sample in samples]
            for sample, *pair in zip(
                samples, reid.split(counts), locate.split(counts), strict=True
            ):
                results[id(sample)] = dict(reid=pair[0], locate=pair[1])
        return [results[id(sample)] for sample in data_samples]

    @torch.no_grad()
    def search(
        self,
        inputs: Tensor,
        data_samples: list,
        queries: dict,
        query_indices: list,
    ) -> list:
        """Look for queries in scenes.

        Args:
            inputs (Tensor): ``(N, 3, H, W)``.
            data_samples (list[DetDataSample]): ``N`` samples.
            queries (dict[str, Tensor]): ``locate`` ``(Q, d)`` of all queries,
                as :meth:`embed_queries` gives them.
            query_indices (list[Tensor]): For each scene, which of the queries
                to look for in it.

        Returns:
            list[DetDataSample]: As :meth:`predict`; ``pred_instances`` have
            ``query_index`` ``(M,)`` too, the query that a detection answers.

        Raises:
            ValueError: If the model has refining stages.
        """
        self._refuse_refinements()
        wanted = {
            id(sample): index.to(inputs.device)
            for sample, index in zip(data_samples, query_indices, strict=True)
        }
        locate = queries['locate'].to(inputs.device)
        for samples, maps, size in self._groups(inputs, data_samples):
            indices = [wanted[id(sample)] for sample in samples]
            found, answers = self._seek(maps, size, samples, locate, indices)
            self._write(found, samples, maps, answers)
        return data_samples

    def _refuse_refinements(self) -> None:
        if self.num_refinements:
            raise ValueError(
                f'A model with num_refinements={self.num_refinements} cannot '
                'search by queries: its refining stages are object-centric. '
                "Set model.test_path='object', or use one without refinements."
            )

    def _seek(
        self,
        maps: tuple,
        size: tuple,
        samples: list,
        locate: Tensor,
        indices: list,
    ) -> tuple:
        """Look for queries; return detections and what each answers."""
        embeddings = self.bbox_head(maps)
        anchors = self.bbox_head.anchors(maps, size)
        sizes = image_sizes(samples, embeddings.device)
        counts = torch.tensor([len(index) for index in indices])
        images = torch.arange(len(indices)).repeat_interleave(counts)
        pairs = torch.stack((images.to(locate.device), torch.cat(indices)))
        found, answers = [], []
        for image, query in pairs.split(CHUNK, dim=1):
            part = self.bbox_head.detect(
                embeddings,
                anchors,
                sizes,
                self.score_thr,
                self.candidates_per_query,
                locate[query],
                image,
            ).suppress(self.nms_iou)
            found.append(part)
            answers.append(query[part.queries])
        joined = Detections(
            *(
                torch.cat([getattr(part, name) for part in found])
                for name in ('images', 'boxes', 'scores')
            )
        )
        return joined, torch.cat(answers)

    def _groups(self, inputs: Tensor, data_samples: list) -> Iterator:
        """Yield the samples, the pyramid and the size of each padded size."""
        groups: dict = {}
        full = tuple(inputs.shape[-2:])
        for i, sample in enumerate(data_samples):
            groups.setdefault(sample.get('pad_shape', full), []).append(i)
        for size, index in groups.items():
            samples = [data_samples[i] for i in index]
            part = inputs[index][..., : size[0], : size[1]]
            yield samples, self.extract_feat(part, samples), size

    def _embed_annotated(self, samples: list, maps: tuple) -> tuple:
        """Embed annotated boxes for both tasks; note those of re-id."""
        people = PersonBoxes.from_samples(samples, maps[0].device)
        boxes = (maps[0], people.boxes, people.images)
        raw = self.roi_head.embed_reid(*boxes).float()
        reid = F.normalize(raw)
        for n, sample in enumerate(samples):
            sample.gt_instances.embeddings = reid[people.images == n]
        if self.roi_head.shared:
            return reid, raw
        return reid, self.roi_head.embed_location(*boxes).float()

    def _write(
        self,
        found: Detections,
        samples: list,
        maps: tuple,
        answers: Tensor | None = None,
    ) -> None:
        """Embed detections and write them into their samples."""
        embeddings = F.normalize(
            self.roi_head.embed_reid(
                maps[0], found.boxes, found.images
            ).float()
        )  # fmt: skip
        for n, sample in enumerate(samples):
            here = found.of_image(n)
            factor = sample.get('scale_factor', (1.0, 1.0))
            boxes = found.boxes[here]
            scores = found.scores[here]
            instances = InstanceData(
                bboxes=boxes / boxes.new_tensor(tuple(factor) * 2),
                scores=scores,
                labels=torch.zeros_like(scores, dtype=torch.long),
                embeddings=embeddings[here],
            )
            if answers is not None:
                instances.query_index = answers[here]
            sample.pred_instances = instances
