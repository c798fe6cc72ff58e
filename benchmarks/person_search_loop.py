"""Person search scored in plain loops: what benchmarks compare with."""

import numpy as np


def by_scene(
    owner: np.ndarray, num_scenes: int, *columns: np.ndarray
) -> list[tuple]:
    """Cut flat arrays into scenes.

    Args:
        owner (np.ndarray): ``(N,)`` scene of each entry, ascending.
        num_scenes (int): The number of scenes.
        *columns (np.ndarray): Arrays of ``N`` entries.

    Returns:
        list[tuple]: The parts of all arrays, scene by scene.
    """
    ends = np.searchsorted(owner, np.arange(1, num_scenes))
    parts = [np.split(column, ends) for column in columns]
    return list(zip(*parts, strict=True))


def loop_iou(box: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Overlap one box with others."""
    low = np.maximum(box[:2], others[:, :2])
    high = np.minimum(box[2:], others[:, 2:])
    common = (high - low).clip(0).prod(axis=1)
    areas = (others[:, 2:] - others[:, :2]).prod(axis=1)
    return common / (areas + (box[2:] - box[:2]).prod() - common)


def loop_average_precision(labels: np.ndarray, scores: np.ndarray) -> float:
    """Sum the precisions where right entries stand, ties taken together."""
    order = np.argsort(-scores, kind='stable')
    labels, scores = labels[order], scores[order]
    ends = np.append(np.flatnonzero(np.diff(scores)), len(scores) - 1)
    hits = labels.cumsum()[ends]
    gained = np.diff(hits, prepend=0)
    return float((gained * hits / (ends + 1)).sum() / max(hits[-1], 1))


def search_in_a_loop(
    query: tuple, truth: list, detected: list, products: list | None = None
) -> tuple[float, int]:
    """Score one query scene by scene.

    Args:
        query (tuple): Its scene, person and embedding.
        truth (list[tuple]): Boxes, persons and thresholds of each scene.
        detected (list[tuple]): Boxes and embeddings of each scene.
        products (list, optional): Similarities of each scene's detections;
            otherwise they are computed.

    Returns:
        tuple: Average precision times recall, and whether the first
        detection is right.
    """
    own, person, wanted = query
    all_labels, all_sims, present = [], [], 0
    for scene, ((gt, people, thresh), (boxes, embeddings)) in enumerate(
        zip(truth, detected, strict=True)
    ):
        if scene == own:
            continue
        here = person in people
        present += here
        if not len(boxes):
            continue
        sims = embeddings @ wanted if products is None else products[scene]
        labels = np.zeros(len(sims), dtype=np.int64)
        if here:
            at = int((people == person).argmax())
            fits = loop_iou(gt[at], boxes) >= thresh[at]
            if fits.any():
                labels[np.where(fits, sims, -np.inf).argmax()] = 1
        all_labels.append(labels)
        all_sims.append(sims)
    labels, sims = np.concatenate(all_labels), np.concatenate(all_sims)
    recall = labels.sum() / max(present, 1)
    ap = loop_average_precision(labels, sims) * recall
    return ap, int(labels[sims.argmax()])
