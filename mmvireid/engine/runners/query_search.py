"""Steps of query-centric person search on one batch."""

from collections.abc import Sequence

import torch
from mmengine.structures import InstanceData
from torch import Tensor, nn


@torch.no_grad()
def embed_boxes(
    model: nn.Module, batch: dict
) -> list[tuple[int, dict[str, Tensor]]]:
    """Embed the annotated boxes of some scenes.

    Args:
        model (nn.Module): A model with ``embed_queries``.
        batch (dict): As the data loader gives it.

    Returns:
        list[tuple]: For each scene its ``img_id`` and, on the CPU, ``reid``
        ``(N, C)`` and ``locate`` ``(N, d)`` of its ``N`` boxes.
    """
    data = model.data_preprocessor(batch, False)
    embedded = model.embed_queries(**data)
    return [
        (
            int(sample.img_id),
            {name: boxes[name].float().cpu() for name in ('reid', 'locate')},
        )
        for sample, boxes in zip(data['data_samples'], embedded, strict=True)
    ]


@torch.no_grad()
def search_scenes(
    model: nn.Module,
    batch: dict,
    queries: dict[str, Tensor],
    wanted: Sequence[Tensor],
    at_once: int,
) -> list:
    """Look for queries in some scenes.

    Args:
        model (nn.Module): A model with ``search``.
        batch (dict): As the data loader gives it.
        queries (dict[str, Tensor]): ``reid`` ``(Q, C)`` and ``locate`` ``(Q,
            d)`` of all queries, on the model's device.
        wanted (Sequence[Tensor]): For each scene, which queries to look for.
        at_once (int): Queries of a scene in one call of the model.

    Returns:
        list: The data samples. Their ``pred_instances`` have ``bboxes``,
        ``scores``, ``query_index``, and ``similarities`` to these queries;
        embeddings are not kept, for there may be thousands of detections in
        a scene.
    """
    data = model.data_preprocessor(batch, False)
    samples = data['data_samples']
    parts: list[list[InstanceData]] = [[] for _ in samples]
    steps = -(-max(map(len, wanted), default=0) // at_once)
    for step in range(steps):
        part = slice(step * at_once, (step + 1) * at_once)
        indices = [rows[part].to(queries['reid'].device) for rows in wanted]
        found = model.search(
            data['inputs'], samples, queries=queries, query_indices=indices
        )
        for sample, some in zip(found, parts, strict=True):
            some.append(_compare(sample.pred_instances, queries['reid']))
    for sample, some in zip(samples, parts, strict=True):
        sample.pred_instances = (
            InstanceData.cat(some) if some else _nothing(queries['reid'])
        )
    return samples


def _compare(found: InstanceData, reid: Tensor) -> InstanceData:
    wanted = reid[found.query_index]
    return InstanceData(
        bboxes=found.bboxes,
        scores=found.scores,
        query_index=found.query_index,
        similarities=(found.embeddings * wanted).sum(1),
    )


def _nothing(like: Tensor) -> InstanceData:
    return InstanceData(
        bboxes=like.new_zeros(0, 4),
        scores=like.new_zeros(0),
        query_index=like.new_zeros(0, dtype=torch.int64),
        similarities=like.new_zeros(0),
    )
