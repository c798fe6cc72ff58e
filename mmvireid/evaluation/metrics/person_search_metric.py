"""The metric of person search."""

import logging
from collections.abc import Iterable, Sequence
from typing import Any

import torch
from mmengine.logging import print_log
from torch import Tensor

from mmvireid.registry import METRICS, PROTOCOLS

from ..person_search import (
    SceneDetections,
    SceneRecords,
    SearchPlan,
    score_search,
)
from ..person_search.persons import MODES
from ..report import RetrievalReport
from .sample_metric import SampleMetric

FEATURE = 'reid'


@METRICS.register_module()
class PersonSearchMetric(SampleMetric):
    """mAP, top-k, GT mAP, AP50 and recall of every row of a protocol.

    Keys are ``<row>/reid/<mAP|top1|top5|top10|gt_mAP|AP50|recall>``, in
    percent. After :meth:`evaluate`, the main process holds the whole table
    in :attr:`report`.

    The metric needs the annotations of the test set, which
    :class:`~mmvireid.engine.runners.PersonSearchTestLoop` hands over.

    Args:
        protocol (dict): Config of a protocol, such as
            ``dict(type='PersonSearchProtocol', name='prw', ...)``.
        mode (str): ``'exact'``: the customary evaluation; ``'corrected'``:
            without its errors. See
            :func:`~mmvireid.evaluation.person_search.score_search`.
            Defaults to 'exact'.
        score_thr (float): Detections with a lower score are ignored in
            retrieval and detection. Defaults to 0.5.
        title_notes (Sequence[str]): Notes for the table's title.
        log_table (bool): Whether to log the table; ``tools/test.py`` prints
            it itself. Defaults to True.
        device (str): Where to compare all persons found; what query-centric
            search finds is ranked on the CPU. Defaults to 'cpu'.
        collect_device (str): See mmengine's ``BaseMetric``.
        collect_dir (str, optional): See mmengine's ``BaseMetric``.

    Attributes:
        plan (SearchPlan, optional): What is looked for where.
        report (RetrievalReport, optional): The table of the last evaluation.

    Raises:
        ValueError: If there is no such mode.
    """

    # Empty, not None: the protocol names its rows, so no prefix is missing.
    default_prefix = ''
    key = 'img_id'

    def __init__(
        self,
        protocol: dict,
        mode: str = 'exact',
        score_thr: float = 0.5,
        title_notes: Sequence[str] = (),
        log_table: bool = True,
        device: str = 'cpu',
        collect_device: str = 'cpu',
        collect_dir: str | None = None,
    ) -> None:
        super().__init__(collect_device, None, collect_dir)
        if mode not in MODES:
            raise ValueError(f'mode must be one of {MODES}, but is {mode!r}.')
        self.protocol = PROTOCOLS.build(protocol)
        self.mode = mode
        self.score_thr = score_thr
        self.title_notes = list(title_notes)
        self.log_table = log_table
        self.device = device
        self.plan: SearchPlan | None = None
        self.report: RetrievalReport | None = None
        self._size = 0

    def use_records(self, data_list: Iterable[dict]) -> SearchPlan:
        """Learn the annotations of the test set.

        Args:
            data_list (Iterable[dict]): Its records, as
                :meth:`SceneRecords.from_data_list` takes them.

        Returns:
            SearchPlan: What is looked for where.
        """
        records = SceneRecords.from_data_list(data_list)
        self.plan = SearchPlan(records, self.protocol.trials(records))
        return self.plan

    def process(self, data_batch: Any, data_samples: Sequence[dict]) -> None:
        """Keep detections and embeddings of some scenes.

        Args:
            data_batch (Any): Not used.
            data_samples (Sequence[dict]): Predictions with ``img_id``;
                ``pred_instances`` with ``bboxes`` in pixels of the original
                image, ``scores``, and either ``embeddings`` or
                ``query_index`` and ``similarities``; ``gt_instances`` with
                ``embeddings`` of the annotated boxes.

        Raises:
            ValueError: If the model does not give one of these.
        """
        for sample in data_samples:
            found, truth = sample['pred_instances'], sample['gt_instances']
            names = ['bboxes', 'scores', 'embeddings']
            if 'query_index' in found:
                names[2:] = ['query_index', 'similarities']
            lacking = [name for name in names if name not in found]
            if 'embeddings' not in truth:
                lacking.append('gt_instances.embeddings')
            if lacking:
                raise ValueError(
                    f'PersonSearchMetric needs {lacking} of every scene. The '
                    'model must be one for person search, such as SPNet, and '
                    'the test pipeline must load the annotated boxes. '
                    'Query-centric models need a PersonSearchTestLoop.'
                )
            kept = found['scores'] >= self.score_thr
            result = {name: _copy(found[name][kept]) for name in names}
            result['gt_embeddings'] = _copy(truth['embeddings'])
            result['img_id'] = int(sample['img_id'])
            self.results.append(result)

    def compute_metrics(self, results: list) -> dict:
        """Score all rows.

        Args:
            results (list[dict]): One for each scene.

        Returns:
            dict[str, float]: Scores in percent.

        Raises:
            RuntimeError: If the annotations are unknown.
            ValueError: If there is not one result for every scene, with as
                many embeddings as the scene has annotated boxes.
            KeyError: If a result is of no scene of the test set.
        """
        if self.plan is None:
            raise RuntimeError(
                'PersonSearchMetric does not know the annotations of the '
                "test set. Set test_cfg = dict(type='PersonSearchTestLoop'), "
                "and val_cfg = dict(type='PersonSearchTestLoop', "
                "phase='val')."
            )
        plan = self.plan
        scenes = sorted(
            self.one_of_each(results), key=lambda r: plan.row(r[self.key])
        )
        self._check(scenes)
        detections = join_detections(scenes)
        embeddings = torch.cat([r['gt_embeddings'] for r in scenes])
        scores = score_search(
            plan.records,
            detections,
            embeddings,
            plan.trials,
            self.mode,
            self.device,
        )
        way = 'query' if detections.query_centric else 'object'
        report = RetrievalReport(
            notes=[*self.title_notes, f'{way}-centric', f'{self.mode} rules']
        )
        for trial, score in zip(plan.trials, scores, strict=True):
            report.add(trial.name, FEATURE, [score])
            self._tell(trial.name, score.num_present, score.num_queries)
        self._warn_of_nan(embeddings, detections)
        self.report = report
        if self.log_table:
            text = report.to_text('Person search')
            print_log('\n' + text, logger='current')
        return report.flat()

    def _check(self, scenes: Sequence[dict]) -> None:
        for result in scenes:
            part = self.plan.boxes(result[self.key])
            number = part.stop - part.start
            if len(result['gt_embeddings']) != number:
                raise ValueError(
                    f'The scene with img_id {result[self.key]} has {number} '
                    'annotated boxes, but the model embedded '
                    f'{len(result["gt_embeddings"])}. The test pipeline must '
                    'neither drop nor add boxes.'
                )

    def _warn_of_nan(
        self, embeddings: Tensor, detections: SceneDetections
    ) -> None:
        found = detections.embeddings
        if detections.query_centric:
            found = detections.similarities[:, None]
        bad = [int((~x.isfinite()).any(1).sum()) for x in (embeddings, found)]
        if any(bad):
            print_log(
                f'The embeddings of {bad[0]} of {len(embeddings)} annotated '
                f'boxes and of {bad[1]} of {len(found)} detections are no '
                'numbers: the training has most likely diverged. They count '
                'as similar to nothing.',
                logger='current',
                level=logging.WARNING,
            )

    def _tell(self, name: str, present: int, number: int) -> None:
        if present == number:
            return
        what = (
            'left out of the means'
            if self.mode == 'corrected'
            else 'counted as failures'
        )
        print_log(
            f'{name}: the persons of {number - present} of {number} queries '
            f'are nowhere in their galleries; these queries are {what}.',
            logger='current',
            level=logging.WARNING,
        )


def join_detections(scenes: Sequence[dict]) -> SceneDetections:
    """Join the results of scenes.

    Args:
        scenes (Sequence[dict]): Results of
            :meth:`PersonSearchMetric.process`, in the order of the records.

    Returns:
        SceneDetections: All detections.

    Raises:
        ValueError: If only some of them answer queries.
    """
    answering = {'query_index' in result for result in scenes}
    if len(answering) != 1:
        raise ValueError(
            'Some scenes have detections that answer queries and some do '
            'not. All must be tested in the same way.'
        )
    sizes = torch.tensor([len(result['scores']) for result in scenes])
    owner = torch.arange(len(scenes)).repeat_interleave(sizes)
    names = dict(
        queries='query_index', similarities='similarities'
    ) if answering == {True} else dict(embeddings='embeddings')  # fmt: skip
    columns = dict(boxes='bboxes', scores='scores', **names)
    return SceneDetections(
        owner,
        **{
            to: torch.cat([result[name] for result in scenes])
            for to, name in columns.items()
        },
    )


def _copy(values: Tensor) -> Tensor:
    """Copy to the CPU: a view would be sent between processes with its
    batch.
    """
    kind = torch.float32 if values.is_floating_point() else torch.int64
    return values.detach().to('cpu', kind, copy=True)
