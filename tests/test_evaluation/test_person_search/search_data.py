"""Small random test sets of person search."""

import dataclasses

import numpy as np
import torch

from mmvireid.evaluation.person_search import SceneDetections, SceneRecords
from mmvireid.structures import SearchTrial

WIDTH = 5


def random_scenes(seed, number=14, people=6):
    """Scenes with persons, twins of one person, and empty ones."""
    rng = np.random.default_rng(seed)
    scenes, ann_id = [], 0
    for img_id in range(number):
        boxes = []
        for _ in range(int(rng.integers(0, 5))):
            x, y = rng.integers(0, 60, 2)
            w, h = rng.integers(8, 30, 2)
            boxes.append(
                dict(
                    box=np.array([x, y, x + w, y + h], dtype=float),
                    pid=int(rng.integers(0, people)),
                    iou_thresh=float(rng.choice([0.35, 0.5])),
                    ann_id=ann_id,
                    embedding=_embedding(rng, seed),
                )
            )
            ann_id += 1
        scenes.append(
            dict(
                img_id=img_id,
                boxes=boxes,
                cam_id=int(rng.integers(0, 3)),
                modality=img_id % 2,
            )
        )
    return scenes


def _embedding(rng, seed):
    """Draw a unit vector: for odd seeds one of few, whose products are exact
    in float32 and often equal.
    """
    if seed % 2:
        x = rng.choice([-0.5, 0.5], WIDTH)
        x[rng.integers(WIDTH)] = 0
    else:
        x = rng.normal(size=WIDTH)
        x /= np.linalg.norm(x)
    return x.astype(np.float32)


def to_records(scenes):
    return SceneRecords.from_data_list(
        dict(
            img_id=scene['img_id'],
            img_path=f'{scene["img_id"]}.jpg',
            cam_id=scene['cam_id'],
            modality=scene['modality'],
            instances=[
                dict(
                    bbox=b['box'].tolist(),
                    person_id=b['pid'],
                    iou_thresh=b['iou_thresh'],
                    ann_id=b['ann_id'],
                )
                for b in scene['boxes']
            ],
        )
        for scene in scenes
    )


def random_detections(scenes, seed):
    """Boxes near the annotated ones, some twice, and false alarms.

    Scores have few distinct values, so that there are ties.
    """
    rng = np.random.default_rng(seed + 100)
    detections = []
    for scene in scenes:
        found = []
        for b in scene['boxes']:
            for _ in range(int(rng.integers(0, 3))):
                noise = rng.integers(-4, 5, 4)
                found.append(_detection(b['box'] + noise, rng, seed))
        for _ in range(int(rng.integers(0, 2))):
            x, y = rng.integers(0, 60, 2)
            found.append(
                _detection(np.array([x, y, x + 12, y + 20]), rng, seed)
            )
        rng.shuffle(found)
        detections.append(found)
    return detections


def _detection(box, rng, seed):
    box = box.astype(float)
    box[2:] = np.maximum(box[2:], box[:2] + 2)
    return dict(
        box=box,
        score=float(rng.choice([0.5, 0.625, 0.75, 0.875])),
        embedding=_embedding(rng, seed),
    )


def flat(detections, name, width=None):
    rows = [np.asarray(d[name]) for found in detections for d in found]
    values = torch.tensor(np.array(rows), dtype=torch.float32)
    return values.view(-1, width) if width else values


def to_detections(detections):
    return SceneDetections(
        scenes=scene_rows(detections),
        boxes=flat(detections, 'box', 4),
        scores=flat(detections, 'score'),
        embeddings=flat(detections, 'embedding', WIDTH),
    )


def scene_rows(detections):
    sizes = torch.tensor([len(found) for found in detections])
    return torch.arange(len(detections)).repeat_interleave(sizes)


def box_embeddings(scenes):
    return flat([s['boxes'] for s in scenes], 'embedding', WIDTH)


def random_galleries(scenes, records, seed):
    """Queries with galleries in which scenes repeat and persons lack."""
    rng = np.random.default_rng(seed + 200)
    queries = torch.arange(0, len(records.boxes), 2)
    galleries = [
        torch.from_numpy(rng.integers(0, len(scenes), 9)).int()
        for _ in queries
    ]
    return SearchTrial(
        'random',
        queries,
        records.box_scenes[queries],
        torch.ones(len(scenes), dtype=torch.bool),
        galleries,
    )


def everything(scenes, records):
    """Every other box looks for its person in all scenes but its own."""
    queries = torch.arange(0, len(records.boxes), 2)
    return SearchTrial(
        'all',
        queries,
        records.box_scenes[queries],
        torch.ones(len(scenes), dtype=torch.bool),
    )


def few_queries(scenes, records):
    """Two boxes look in all scenes but their own: nearly all are seen."""
    trial = everything(scenes, records)
    return dataclasses.replace(
        trial, queries=trial.queries[1:3], query_scenes=trial.query_scenes[1:3]
    )


def gallery_lists(trial):
    """The galleries as lists, also where all scenes are meant."""
    if trial.galleries is not None:
        return [scenes.tolist() for scenes in trial.galleries]
    return [
        [s for s in range(len(trial.scenes)) if s != own]
        for own in trial.query_scenes.tolist()
    ]
