"""Person search small enough to be solved by looking at bright blobs.

A person is a rectangle of two shades of grey on a dark ground, tinted in
visible scenes. A model without weights finds the rectangles and compares
their shades, so that loops, metrics and inferencers can be tested without a
trained detector.
"""

import json
import math

import cv2
import numpy as np
import torch
from mmdet.datasets import BaseDetDataset
from mmengine.model import BaseModel
from mmengine.structures import InstanceData
from scipy import ndimage

from mmvireid.registry import DATASETS, MODELS

HEIGHT, WIDTH = 48, 64
#: Where persons stand: four columns.
PLACES = [(2, 4), (18, 20), (34, 8), (50, 16)]
SIZE = (10, 24)
META_KEYS = (
    'img_id',
    'img_path',
    'ori_shape',
    'img_shape',
    'scale_factor',
    'cam_id',
    'modality',
)
PIPELINE = [
    dict(type='LoadImageFromFile'),
    dict(type='mmdet.LoadAnnotations', with_bbox=True),
    dict(
        type='mmdet.Resize',
        scale=(128, 96),
        keep_ratio=True,
        interpolation='nearest',
    ),
    dict(type='mmdet.PackDetInputs', meta_keys=META_KEYS),
]


def shades(person):
    """Two shades that tell a person, the same in both modalities."""
    return 110 + 28 * (person % 5), 110 + 28 * (person // 5 % 5)


def paint(people, modality, rng):
    """Draw a scene with persons at some of the places."""
    image = rng.integers(0, 40, (HEIGHT, WIDTH, 3)).astype(np.uint8)
    for person, (x, y) in people:
        upper, lower = shades(person)
        tint = np.zeros(3, int) if modality else np.array([-30, 0, 30])
        w, h = SIZE
        image[y : y + h // 2, x : x + w] = upper + tint
        image[y + h // 2 : y + h, x : x + w] = lower + tint
    return image


def write_scenes(folder, number=12, num_people=6, seed=0):
    """Write scenes, their annotations and a protocol of all of them.

    Every scene has up to three of the people; scenes alternate between
    visible and infrared and between three cameras. The last has nobody.
    """
    rng = np.random.default_rng(seed)
    (folder / 'annotations').mkdir(parents=True)
    scenes, ann_id = [], 0
    for img_id in range(number):
        modality = img_id % 2
        count = 0 if img_id == number - 1 else int(rng.integers(1, 4))
        chosen = rng.choice(num_people, count, replace=False).tolist()
        places = [PLACES[i] for i in rng.permutation(4)[:count]]
        people = list(zip(chosen, places, strict=True))
        name = f'{img_id}.png'
        cv2.imwrite(str(folder / name), paint(people, modality, rng))
        instances = []
        for person, (x, y) in people:
            instances.append(
                dict(
                    bbox=[x, y, x + SIZE[0], y + SIZE[1]],
                    bbox_label=0,
                    ignore_flag=0,
                    person_id=person,
                    is_known=True,
                    iou_thresh=0.4,
                    ann_id=ann_id,
                )
            )
            ann_id += 1
        scenes.append(
            dict(
                img_id=img_id,
                img_path=str(folder / name),
                height=HEIGHT,
                width=WIDTH,
                cam_id=img_id % 3,
                modality=modality,
                instances=instances,
            )
        )
    path = folder / 'annotations/test.json'
    path.write_text(json.dumps(scenes))
    queries = [dict(ann_id=i, gallery=None) for i in range(ann_id)]
    write_protocol(folder, 'all', queries)
    return scenes


def write_protocol(folder, name, queries):
    path = folder / f'annotations/test_{name}.json'
    path.write_text(json.dumps(dict(protocol=name, queries=queries)))
    return str(path)


@DATASETS.register_module()
class BlobScenes(BaseDetDataset):
    """Reads what :func:`write_scenes` writes."""

    METAINFO = dict(classes=('person',))

    def load_data_list(self):
        with open(self.ann_file) as file:
            return json.load(file)


@MODELS.register_module()
class BlobSearcher(BaseModel):
    """Finds bright blobs.

    Args:
        test_path: object or query.
        min_similarity: which blobs answer a query.
    """

    def __init__(self, test_path='object', min_similarity=0.9):
        super().__init__(
            data_preprocessor=dict(type='mmdet.DetDataPreprocessor')
        )
        self.test_path = test_path
        self.min_similarity = min_similarity
        self.searches = []
        # Wrappers of distributed training want one.
        self.unused = torch.nn.Parameter(torch.zeros(()))

    def forward(self, inputs, data_samples, mode='tensor'):
        assert mode == 'predict'
        for image, sample in zip(inputs, data_samples, strict=True):
            sample.pred_instances = self.detect(image, sample)
            boxes = sample.gt_instances.bboxes
            sample.gt_instances.embeddings = embed(image, boxes)
        return data_samples

    def detect(self, image, sample):
        height, width = sample.img_shape[:2]
        bright = image[:, :height, :width].amax(0).numpy() > 75
        labels, _ = ndimage.label(bright)
        boxes, scores = [], []
        for number, (rows, columns) in enumerate(ndimage.find_objects(labels)):
            filled = (labels[rows, columns] == number + 1).mean()
            boxes.append([columns.start, rows.start, columns.stop, rows.stop])
            scores.append(0.2 + 0.8 * filled)
        boxes = torch.tensor(boxes, dtype=torch.float32).view(-1, 4)
        scale = torch.tensor(sample.scale_factor).repeat(2)
        return InstanceData(
            bboxes=boxes / scale,
            scores=torch.tensor(scores, dtype=torch.float32),
            labels=torch.zeros(len(boxes), dtype=torch.int64),
            embeddings=embed(image, boxes),
        )

    def embed_queries(self, inputs, data_samples):
        results = []
        for image, sample in zip(inputs, data_samples, strict=True):
            reid = embed(image, sample.gt_instances.bboxes)
            results.append(dict(reid=reid, locate=2 * reid))
        return results

    def search(self, inputs, data_samples, queries, query_indices):
        for image, sample, wanted in zip(
            inputs, data_samples, query_indices, strict=True
        ):
            self.searches.append((int(sample.img_id), wanted.tolist()))
            found = self.detect(image, sample)
            similar = found.embeddings @ queries['locate'][wanted].T / 2
            blob, query = (similar >= self.min_similarity).nonzero().T
            answers = found[blob]
            answers.query_index = wanted[query]
            sample.pred_instances = answers
        return data_samples


def embed(image, boxes):
    """Unit vectors of the mean shades of a box's halves."""
    vectors = []
    for x1, y1, x2, y2 in boxes.round().long().tolist():
        middle = (y1 + y2) // 2
        angles = [
            math.pi / 256 * float(part.float().mean())
            for part in (
                image[:, y1:middle, x1:x2],
                image[:, middle:y2, x1:x2],
            )
        ]
        vectors.append([f(a) for a in angles for f in (math.cos, math.sin)])
    vectors = torch.tensor(vectors, dtype=torch.float32).view(-1, 4)
    return vectors / math.sqrt(2)


def protocol(folder, **kwargs):
    files = dict(all=str(folder / 'annotations/test_all.json'))
    return dict(
        type='PersonSearchProtocol', name='blobs', ann_files=files, **kwargs
    )


def make_config(folder, test_path='object', batch_size=5, **metric):
    """A config that tests the blobs."""
    return dict(
        default_scope='mmvireid',
        model=dict(type='BlobSearcher', test_path=test_path),
        test_dataloader=dict(
            batch_size=batch_size,
            num_workers=0,
            sampler=dict(type='DefaultSampler', shuffle=False),
            dataset=dict(
                type='BlobScenes',
                data_root=str(folder),
                ann_file='annotations/test.json',
                pipeline=PIPELINE,
                test_mode=True,
            ),
        ),
        test_cfg=dict(type='PersonSearchTestLoop'),
        test_evaluator=dict(
            type='PersonSearchMetric',
            **{'protocol': protocol(folder), **metric},
        ),
        work_dir=str(folder / 'work'),
        log_level='WARNING',
    )
