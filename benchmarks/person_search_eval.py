"""Scores of person search against a plain loop over queries and scenes.

A test set of PRW's size: 2,057 queries search 6,112 scenes with about eight
detections each, all but their own scene; some persons are in hundreds of
scenes. The loop goes from scene to scene for every query in numpy, as
evaluations of person search usually do. It runs over some queries only, and
its time is scaled up. On these the scores of each query must be equal to 1e-9:
the loop is then run again, untimed, on our similarities, as sums of products
in another order differ in their last digit and so may swap two detections.
Times are those of the processor: how busy the machine is matters less.

    python benchmarks/person_search_eval.py [--threads 1] [--queries 100]
"""

import argparse
import resource
import time
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import torch
from person_search_loop import by_scene, search_in_a_loop

from mmvireid.evaluation.person_search import (
    GalleryRanker,
    PersonIndex,
    QueryRanks,
    SceneDetections,
    SceneRecords,
    score_search,
)
from mmvireid.structures import SearchTrial

NUM_QUERIES, NUM_SCENES, NUM_PEOPLE, WIDTH = 2057, 6112, 450, 128
#: Boxes annotated in a scene, the share of them whose person is known, the
#: share that is detected, and false alarms in a scene.
BOXES, KNOWN, FOUND, FALSE_ALARMS = 4.1, 0.8, 0.9, 4.3
#: How far embeddings of a person are apart.
NOISE = 1.4
MEBIBYTE = 1 << 20


def parse_args() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('--threads', type=int, default=1)
    parser.add_argument(
        '--queries', type=int, default=100, help='that the loop scores'
    )
    parser.add_argument('--repeats', type=int, default=3)
    return parser.parse_args()


def make_records(rng: np.random.Generator) -> SceneRecords:
    """Draw scenes with known persons, each at most once in a scene, and
    others.
    """
    weights = rng.gamma(1, size=NUM_PEOPLE)
    weights /= weights.sum()
    data_list, ann_id = [], 0
    for scene in range(NUM_SCENES):
        number = int(rng.poisson(BOXES))
        size = rng.binomial(number, KNOWN)
        known = rng.choice(NUM_PEOPLE, size, replace=False, p=weights)
        strangers = 10_000 + ann_id + np.arange(number - len(known))
        instances = []
        for person in [*known, *strangers]:
            x, y = rng.uniform(0, 1500), rng.uniform(0, 700)
            w = rng.uniform(30, 150)
            thresh = min(0.5, 3 * w * w / ((w + 10) * (3 * w + 10)))
            instances.append(
                dict(
                    bbox=[x, y, x + w, y + 3 * w],
                    person_id=int(person),
                    iou_thresh=thresh,
                    ann_id=ann_id,
                )
            )
            ann_id += 1
        data_list.append(
            dict(
                img_id=scene,
                img_path='',
                cam_id=scene % 6,
                modality=0,
                instances=instances,
            )
        )
    return SceneRecords.from_data_list(data_list)


def make_detections(
    records: SceneRecords, rng: np.random.Generator
) -> tuple[SceneDetections, torch.Tensor]:
    """Move the boxes a little, and add false alarms.

    Returns:
        tuple: Detections, and the embeddings of the annotated boxes.
    """
    people, inverse = np.unique(records.person_ids, return_inverse=True)
    centres = rng.normal(size=(len(people), WIDTH)).astype(np.float32)

    def embed(rows: np.ndarray) -> np.ndarray:
        noise = rng.normal(size=(len(rows), WIDTH)).astype(np.float32)
        x = centres[inverse[rows]] + NOISE * noise
        return x / np.linalg.norm(x, axis=1, keepdims=True)

    everyone = np.arange(len(inverse))
    found = everyone[rng.random(len(everyone)) < FOUND]
    boxes = records.boxes.numpy()[found]
    sizes = np.tile(boxes[:, 2:] - boxes[:, :2], 2)
    boxes = boxes + 0.06 * sizes * rng.normal(size=boxes.shape)
    wrong = int(FALSE_ALARMS * NUM_SCENES)
    corner = rng.uniform(0, 700, size=(wrong, 2))
    alarms = np.concatenate([corner, corner + (60, 180)], axis=1)
    noise = rng.normal(size=(wrong, WIDTH)).astype(np.float32)
    noise /= np.linalg.norm(noise, axis=1, keepdims=True)
    scenes = np.concatenate(
        [records.box_scenes.numpy()[found], rng.integers(0, NUM_SCENES, wrong)]
    )
    order = np.argsort(scenes, kind='stable')
    columns = (
        scenes,
        np.concatenate([boxes, alarms]).astype(np.float32),
        rng.uniform(0.5, 1, len(scenes)).astype(np.float32),
        np.concatenate([embed(found), noise]),
    )
    columns = [torch.from_numpy(column[order]) for column in columns]
    return SceneDetections(*columns), torch.from_numpy(embed(everyone))


def draw_queries(
    records: SceneRecords, rng: np.random.Generator
) -> torch.Tensor:
    """Draw boxes of known persons, about equally many of each."""
    people = records.person_ids.numpy()
    weights = (people < NUM_PEOPLE) / np.bincount(
        np.minimum(people, NUM_PEOPLE)
    )[np.minimum(people, NUM_PEOPLE)]
    weights /= weights.sum()
    chosen = rng.choice(len(people), NUM_QUERIES, replace=False, p=weights)
    return torch.from_numpy(np.sort(chosen))


class RecordingRanker(GalleryRanker):
    """Keeps the similarities of some queries."""

    def record(self, rows: Iterable[int]) -> None:
        """Say which queries' similarities to keep."""
        self.kept: dict = dict.fromkeys(rows)

    def _rank_chunk(
        self, similarity: torch.Tensor, trial: SearchTrial, rows: torch.Tensor
    ) -> QueryRanks:
        for row, values in zip(rows.tolist(), similarity, strict=True):
            if row in self.kept:
                self.kept[row] = values.numpy().copy()
        return super()._rank_chunk(similarity, trial, rows)


def compare_with_loop(
    records: SceneRecords,
    detections: SceneDetections,
    embeddings: torch.Tensor,
    trial: SearchTrial,
    some: list,
) -> tuple[float, float]:
    """Run the loop over some queries.

    Returns:
        tuple[float, float]: Seconds for one query, and the largest
        difference of an average precision or of top-1.
    """
    truth = by_scene(
        records.box_scenes.numpy(),
        NUM_SCENES,
        records.boxes.numpy(),
        records.person_ids.numpy(),
        records.iou_thresh.numpy(),
    )
    owner = detections.scenes.numpy()
    detected = by_scene(
        owner,
        NUM_SCENES,
        detections.boxes.numpy(),
        detections.embeddings.numpy(),
    )
    queries = [
        (
            int(trial.query_scenes[row]),
            int(records.person_ids[trial.queries[row]]),
            embeddings[trial.queries[row]].numpy(),
        )
        for row in some
    ]
    start = time.process_time()
    for query in queries:
        search_in_a_loop(query, truth, detected)
    seconds = (time.process_time() - start) / len(some)

    ranker = RecordingRanker(PersonIndex(records, 'exact'), detections)
    ranker.record(some)
    (ours,) = ranker.rank(embeddings[trial.queries], [trial])
    worst = 0.0
    for row, query in zip(some, queries, strict=True):
        kept = by_scene(owner, NUM_SCENES, ranker.kept[row])
        products = [part for (part,) in kept]
        precision, first = search_in_a_loop(query, truth, detected, products)
        top1 = int(ours.ahead[row] < 1)
        difference = abs(precision - float(ours.precision[row]))
        worst = max(worst, difference, abs(first - top1))
    return seconds, worst


def main() -> None:
    """Run the benchmark."""
    args = parse_args()
    torch.set_num_threads(args.threads)
    rng = np.random.default_rng(0)
    records = make_records(rng)
    detections, embeddings = make_detections(records, rng)
    queries = draw_queries(records, rng)
    scenes = torch.ones(NUM_SCENES, dtype=torch.bool)
    own = records.box_scenes[queries]
    trial = SearchTrial('prw/all', queries, own, scenes)
    index = PersonIndex(records, 'exact')
    present = index.sightings(trial, torch.arange(NUM_QUERIES)).present
    print(
        f'torch {torch.__version__}, threads {args.threads}: {NUM_QUERIES} '
        f'queries, {NUM_SCENES} scenes, {len(detections.scenes)} detections, '
        f'{len(records.boxes)} boxes; a person is in '
        f'{present.double().mean():.0f} scenes on average, at most in '
        f'{present.max()}',
        flush=True,
    )
    before = resident_bytes()
    fast, everything = [], []
    for _ in range(args.repeats):
        start = time.process_time()
        ranker = GalleryRanker(index, detections)
        ranker.rank(embeddings[queries], [trial])
        fast.append(time.process_time() - start)
        start = time.process_time()
        (scores,) = score_search(records, detections, embeddings, [trial])
        everything.append(time.process_time() - start)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    some = rng.choice(NUM_QUERIES, args.queries, replace=False).tolist()
    seconds, worst = compare_with_loop(
        records, detections, embeddings, trial, some
    )
    loop = seconds * NUM_QUERIES
    print(
        f'loop {loop:.1f} s (scaled from {args.queries} queries), ours '
        f'{min(fast):.2f} s: {loop / min(fast):.0f} times faster; with '
        f'detection and GT mAP {min(everything):.2f} s; difference '
        f'{worst:.1e}; peak extra memory {(peak - before) / MEBIBYTE:.0f} MiB'
    )
    print({name: round(x, 2) for name, x in scores.percent().items()})
    if worst > 1e-9:
        raise SystemExit('The scores differ.')


def resident_bytes() -> int:
    """Return the memory that this process holds now."""
    pages = int(Path('/proc/self/statm').read_text().split()[1])
    return pages * resource.getpagesize()


if __name__ == '__main__':
    main()
