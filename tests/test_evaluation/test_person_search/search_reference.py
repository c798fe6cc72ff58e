"""Person search scored query by query and scene by scene, in plain python.

The rules are those of SPNet's evaluation, written down independently of
mmvireid's tensors.
"""

import math

import numpy as np


def average_precision(labels, scores):
    """Sum precision times gained recall over distinct scores."""
    total = sum(labels)
    if not total:
        return 0.0
    result, before = 0.0, 0.0
    for threshold in sorted(set(scores), reverse=True):
        taken = [
            x for x, s in zip(labels, scores, strict=True) if s >= threshold
        ]
        recall = sum(taken) / total
        result += (recall - before) * sum(taken) / len(taken)
        before = recall
    return result


def iou(a, b):
    width = min(a[2], b[2]) - max(a[0], b[0])
    height = min(a[3], b[3]) - max(a[1], b[1])
    common = max(width, 0) * max(height, 0)
    area = (a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1])
    return common / (area - common)


def similarity(a, b):
    value = float(a @ b) / (np.linalg.norm(a) * np.linalg.norm(b))
    return 0.0 if math.isnan(value) or math.isinf(value) else value


def mutual(ious):
    """Pairs of row and column that are each other's first maximum."""
    if not ious.size:
        return []
    ious = np.where(ious >= 0.5, ious, 0)
    return [
        (row, column)
        for row in range(ious.shape[0])
        for column in range(ious.shape[1])
        if ious[row, column] > 0
        and ious[row].argmax() == column
        and ious[:, column].argmax() == row
    ]


def detect(scenes, detections):
    """Score detection over scenes: AP times recall, and recall."""
    labels, scores, total = [], [], 0
    for scene, found in zip(scenes, detections, strict=True):
        ious = np.array(
            [[iou(d['box'], b['box']) for b in scene['boxes']] for d in found]
        ).reshape(len(found), len(scene['boxes']))
        right = {row for row, _ in mutual(ious)}
        labels += [row in right for row in range(len(found))]
        scores += [d['score'] for d in found]
        total += len(scene['boxes'])
    recall = sum(labels) / total
    return average_precision(labels, scores) * recall, recall


def retrieve(query, gallery, scenes, find, mode):
    """Score one query.

    Args:
        query: dict with pid.
        gallery: list of scene numbers.
        scenes: the annotations.
        find: function of a scene number, returning dicts with box and
            similarity to this query.
        mode: exact or corrected.
    """
    labels, sims, present, seen = [], [], 0, set()
    for number in gallery:
        own = [b for b in scenes[number]['boxes'] if b['pid'] == query['pid']]
        if mode == 'exact':
            own = own[:1]
        if number in seen and mode == 'corrected':
            continue
        present += len(own)
        if number in seen:
            continue
        seen.add(number)
        found = find(number)
        right = set()
        for box in own:
            fits = [
                (-d['similarity'], place)
                for place, d in enumerate(found)
                if iou(d['box'], box['box']) >= box['iou_thresh']
                and place not in right
            ]
            if fits:
                right.add(min(fits)[1])
        labels += [place in right for place in range(len(found))]
        sims += [d['similarity'] for d in found]
    if not sum(labels):
        return 0.0, [0.0] * 3, present
    recall = sum(labels) / present
    if mode == 'exact':
        order = sorted(range(len(sims)), key=lambda i: -sims[i])
    else:
        order = sorted(range(len(sims)), key=lambda i: (-sims[i], labels[i]))
    hits = [float(any(labels[i] for i in order[:k])) for k in (1, 5, 10)]
    return average_precision(labels, sims) * recall, hits, present


def detect_pairs(queries, galleries, scenes, answers, mode):
    """Score query-centric detection over pairs of query and scene."""
    labels, scores, total = [], [], 0
    for place, (query, gallery) in enumerate(
        zip(queries, galleries, strict=True)
    ):
        for number in dict.fromkeys(gallery):
            own = [
                b for b in scenes[number]['boxes'] if b['pid'] == query['pid']
            ]
            if mode == 'exact':
                if not own:
                    continue
                own = own[:1]
            found = [d for d in answers[number] if d['query'] == place]
            ious = np.array(
                [[iou(d['box'], b['box']) for b in own] for d in found]
            ).reshape(len(found), len(own))
            right = {row for row, _ in mutual(ious)}
            labels += [row in right for row in range(len(found))]
            scores += [d['score'] for d in found]
            total += len(own)
    recall = sum(labels) / total
    return average_precision(labels, scores) * recall, recall


def summarise(results, mode):
    """Average (AP, hits, present) over queries."""
    if mode == 'corrected':
        results = [r for r in results if r[2]]
    return [
        float(np.mean([r[0] for r in results])),
        *np.mean([r[1] for r in results], axis=0).tolist(),
    ]
