"""The metric that scores features of both modalities."""

import logging
from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from mmengine.logging import print_log
from torch import Tensor

from mmvireid.registry import METRICS, PROTOCOLS
from mmvireid.structures import RetrievalScores, RetrievalTrial

from ..protocols import ImageList, chance
from ..ranking import cosine, score_similarity, score_trials
from ..report import RetrievalReport
from ..reranking import k_reciprocal_distance
from ..saved_features import SavedFeatures
from .sample_metric import SampleMetric


@METRICS.register_module()
class CrossModalityRetrievalMetric(SampleMetric):
    """CMC, mAP and mINP of every protocol row and feature.

    Keys are ``<protocol>/<feature>/<R1|R5|R10|R20|mAP|mINP>``, in percent,
    averaged over the trials. After :meth:`evaluate`, the main process holds
    the whole table in :attr:`report`.

    Args:
        protocol (dict): Config of a protocol, such as
            ``dict(type='RegDBProtocol')``.
        features (Sequence[str]): The features to score. The last is the
            headline. Defaults to ``('global', 'bn')``.
        rerank (dict, optional): Arguments ``k1``, ``k2`` and
            ``lambda_value`` of
            :func:`~mmvireid.evaluation.reranking.k_reciprocal_distance`;
            the table's title then tells of it. Defaults to None: off.
        save_features (str, optional): ``.npz`` file to write the features
            to, for the pictures. Defaults to None.
        title_notes (Sequence[str]): Notes for the table's title.
        log_table (bool): Whether to log the table; ``tools/test.py`` prints
            it itself. Defaults to True.
        device (str): Where to rank. Defaults to 'cpu'.
        collect_device (str): See mmengine's ``BaseMetric``.
        collect_dir (str, optional): See mmengine's ``BaseMetric``.

    Attributes:
        report (RetrievalReport, optional): The table of the last evaluation.
    """

    # Empty, not None: the protocol names its rows, so no prefix is missing.
    default_prefix = ''

    def __init__(
        self,
        protocol: dict,
        features: Sequence[str] = ('global', 'bn'),
        rerank: dict | None = None,
        save_features: str | None = None,
        title_notes: Sequence[str] = (),
        log_table: bool = True,
        device: str = 'cpu',
        collect_device: str = 'cpu',
        collect_dir: str | None = None,
    ) -> None:
        super().__init__(collect_device, None, collect_dir)
        if not features:
            raise ValueError('features must name at least one feature.')
        self.protocol = PROTOCOLS.build(protocol)
        self.features = tuple(features)
        self.rerank = dict(rerank) if rerank else None
        self.save_features = save_features
        self.title_notes = list(title_notes)
        self.log_table = log_table
        self.device = device
        self.report: RetrievalReport | None = None
        self._size = 0

    def process(self, data_batch: Any, data_samples: Sequence[dict]) -> None:
        """Keep features and labels of a batch.

        Args:
            data_batch (Any): Not used.
            data_samples (Sequence[dict]): Predictions with ``features``,
                ``pid``, ``cam_id``, ``modality``, ``sample_idx`` and
                ``img_path``.

        Raises:
            ValueError: If the model does not give a feature.
        """
        for sample in data_samples:
            features = sample['features']
            missing = [n for n in self.features if n not in features]
            if missing:
                raise ValueError(
                    f'The metric scores {list(self.features)}, but the model '
                    f'gives {list(features)}. Change `features` of the '
                    "metric, or of the model's `test_cfg`."
                )
            result = {
                name: int(sample[name])
                for name in ('sample_idx', 'pid', 'cam_id', 'modality')
            }
            result['img_path'] = sample['img_path']
            # A copy: a view would be sent between processes with its batch.
            result['features'] = [
                features[name].detach().to('cpu', torch.float32, copy=True)
                for name in self.features
            ]
            self.results.append(result)

    def compute_metrics(self, results: list) -> dict:
        """Score all features.

        Args:
            results (list[dict]): One for each image.

        Returns:
            dict[str, float]: Scores in percent.

        Raises:
            ValueError: If there is not one result for every image.
        """
        ordered = self.one_of_each(results)
        images = ImageList(
            *(
                np.array([r[name] for r in ordered], dtype=np.int64)
                for name in ('pid', 'cam_id', 'modality')
            ),
            [r['img_path'] for r in ordered],
        )
        features = {
            name: torch.stack([r['features'][i] for r in ordered])
            for i, name in enumerate(self.features)
        }
        if self.save_features:
            arrays = {name: x.numpy() for name, x in features.items()}
            SavedFeatures(arrays, images).save(self.save_features)
        self.report = self._score(features, images)
        if self.log_table:
            print_log('\n' + self.report.to_text(), logger='current')
        return self.report.flat()

    def _score(
        self, features: dict[str, Tensor], images: ImageList
    ) -> RetrievalReport:
        trials = self.protocol.trials(images)
        names = list(dict.fromkeys(trial.name for trial in trials))
        report = RetrievalReport(notes=self._notes())
        for feature, values in features.items():
            scores = self._score_feature(values, images, trials)
            for name in names:
                report.add(
                    name,
                    feature,
                    [
                        score
                        for trial, score in zip(trials, scores, strict=True)
                        if trial.name == name
                    ],
                )
            if len(self.protocol.averaged) > 1:
                report.add_mean(
                    f'{self.protocol.NAME}/mean',
                    feature,
                    self.protocol.averaged,
                )
        for name in names:
            guessed = 100 * chance(
                images.pids, [t for t in trials if t.name == name]
            )
            self._check_sanity(report, name, guessed)
        return report

    def _notes(self) -> list[str]:
        notes = [*self.title_notes, *self.protocol.notes]
        if self.rerank is not None:
            options = ', '.join(f'{k}={v}' for k, v in self.rerank.items())
            notes.append(f'k-reciprocal re-ranking: {options}')
        return notes

    def _score_feature(
        self,
        features: Tensor,
        images: ImageList,
        trials: Sequence[RetrievalTrial],
    ) -> list[RetrievalScores]:
        features = features.to(self.device)
        pids = torch.from_numpy(images.pids).to(self.device)
        cams = torch.from_numpy(images.cam_ids).to(self.device)
        if self.rerank is None:
            return score_trials(cosine(features), pids, cams, trials)
        return [
            score_similarity(
                -k_reciprocal_distance(
                    features[trial.query],
                    features[trial.gallery],
                    **self.rerank,
                ),
                pids[trial.query],
                pids[trial.gallery],
                cams[trial.query],
                cams[trial.gallery],
                trial.exclude,
                trial.cmc_level,
            )
            for trial in trials
        ]

    def _check_sanity(
        self, report: RetrievalReport, name: str, chance: float
    ) -> None:
        """Warn where the headline feature is hardly better than chance."""
        rank1 = report.row(name, self.features[-1]).mean_and_std('R1')[0]
        # With few identities five times chance is out of reach.
        if rank1 < min(5 * chance, 50):
            print_log(
                f'{name}: rank-1 of "{self.features[-1]}" is {rank1:.2f} %, '
                f'while guessing gives {chance:.2f} %. Unless training has '
                'only begun, something is likely wrong: the checkpoint was '
                'not loaded (look for missing keys), it was trained on '
                'another split or trial, images are normalised differently '
                'than in training, the modalities are swapped, or the '
                'training diverged.',
                logger='current',
                level=logging.WARNING,
            )
