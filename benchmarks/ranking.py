"""Time the ranking against a plain loop over queries.

The loop is written as one would write it in numpy: for each query it sorts
the gallery (stably, so that ties are decided), drops what is excluded, and
reads off CMC, AP and INP. Both get the same float32 similarities, each laid
out as it reads them, and the scores must agree to 1e-9. Features and labels
are random but structured by identity.

- SYSU-MM01, all-search, single-shot: 3803 queries x 301 images, 10 trials;
- SYSU-MM01, the full table: all/indoor x single/multi-shot x 10 trials;
- 3368 x 15913 (Market-1501) and 11659 x 82161 (MSMT17) from 2048-d features,
  each in a process of its own, with its peak of extra memory. Here the loop
  runs over some queries only, and its time is scaled up.

The fastest of several interleaved repetitions counts on both sides.

    python benchmarks/ranking.py [--repeats 3] [--threads 2] [--part sysu]
"""

import argparse
import json
import resource
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import torch

from mmvireid.evaluation import ImageList, SYSUProtocol, cosine, score_trials
from mmvireid.evaluation.ranking import Similarity
from mmvireid.structures import RetrievalScores, RetrievalTrial

#: name -> queries, gallery images, identities
LARGE = {
    'market': (3368, 15913, 751),
    'msmt': (11659, 82161, 3060),
}
WIDTH = 2048
#: Queries that the loop ranks of the large sets.
SAMPLE = 40
MEBIBYTE = 1 << 20


def parse_args() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('--repeats', type=int, default=3)
    parser.add_argument(
        '--threads',
        type=int,
        help='threads for products of features (default: as torch chooses)',
    )
    parser.add_argument(
        '--part', choices=('sysu', *LARGE), nargs='+', help='default: all'
    )
    parser.add_argument('--worker', choices=LARGE, help=argparse.SUPPRESS)
    return parser.parse_args()


def rank_in_a_loop(
    distance: np.ndarray, trial: RetrievalTrial, images: ImageList
) -> RetrievalScores:
    """Score one trial query by query."""
    pids, cams = images.pids, images.cam_ids
    gallery = trial.gallery.numpy()
    people, places = pids[gallery], cams[gallery]
    cmc = np.zeros(20)
    precisions, penalties = [], []
    for row, query in zip(distance, trial.query.numpy(), strict=True):
        order = np.argsort(row, kind='stable')
        if trial.exclude is not None and cams[query] == 3:
            order = order[places[order] != 2]
        ranked = people[order]
        correct = np.flatnonzero(ranked == pids[query]) + 1
        if not len(correct):
            continue
        first = correct[0] - 1
        if trial.cmc_level == 'identity':
            _, appears = np.unique(ranked, return_index=True)
            ranked = ranked[np.sort(appears)]
            first = np.flatnonzero(ranked == pids[query])[0]
        cmc[first:] += 1
        hits = np.arange(1, len(correct) + 1)
        precisions.append(np.mean(hits / correct))
        penalties.append(len(correct) / correct[-1])
    return RetrievalScores(
        torch.from_numpy(cmc / len(precisions)),
        float(np.mean(precisions)),
        float(np.mean(penalties)),
        len(distance),
        len(precisions),
    )


def make_features(pids: np.ndarray, width: int, seed: int) -> torch.Tensor:
    """Draw a centre for each identity and noise around it."""
    generator = torch.Generator().manual_seed(seed)
    people, inverse = np.unique(pids, return_inverse=True)
    centres = torch.randn(len(people), width, generator=generator)
    features = torch.empty(len(pids), width)
    for rows in torch.arange(len(pids)).split(4096):
        part = features[rows[0] : rows[-1] + 1]
        part.normal_(generator=generator).mul_(3)
        part += centres[torch.from_numpy(inverse[rows])]
        part /= part.norm(dim=1, keepdim=True)
    return features


def sysu_images() -> ImageList:
    """Make labels with SYSU-MM01's counts: 301 visible folders of 96
    persons, and 3803 infrared images.
    """
    rng = np.random.default_rng(0)
    seen = [(pid, cam) for pid in range(96) for cam in (1, 2, 4, 5)]
    missing = {96 * 4 - 1 - 4 * step for step in range(83)}
    rows = [
        (*folder, 0)
        for number, folder in enumerate(seen)
        if number not in missing
        for _ in range(22)
    ]
    people = np.sort(rng.integers(0, 96, 3803))
    rows += [
        (pid, cam, 1)
        for pid, cam in zip(people, rng.choice([3, 6], 3803), strict=True)
    ]
    pids, cams, modalities = np.array(rows).T
    return ImageList(
        pids, cams, modalities, [f'{n:06d}.jpg' for n in range(len(rows))]
    )


def from_matrix(matrix: torch.Tensor, first_query: int) -> Similarity:
    """Read similarities off an images x queries matrix."""

    def to_gallery(gallery: torch.Tensor):
        def look_up(query: torch.Tensor) -> torch.Tensor:
            start, end = int(query[0]), int(query[-1]) + 1
            if end - start != len(query):
                return matrix[gallery[:, None], query - first_query]
            part = matrix[:, start - first_query : end - first_query]
            return part.index_select(0, gallery)

        return look_up

    return to_gallery


def difference(ours: RetrievalScores, theirs: RetrievalScores) -> float:
    """Return the largest difference of any score."""
    return max(
        float((ours.cmc - theirs.cmc).abs().max()),
        abs(ours.mAP - theirs.mAP),
        abs(ours.mINP - theirs.mINP),
    )


def compare_sysu(repeats: int) -> None:
    """Time both ways on SYSU-MM01's sizes."""
    images = sysu_images()
    features = make_features(images.pids, 256, seed=1)
    num_visible = int((images.modalities == 0).sum())
    matrix = features[:num_visible] @ features[num_visible:].T
    distance = np.ascontiguousarray(-matrix.numpy().T)
    similarity = from_matrix(matrix, num_visible)
    pids = torch.from_numpy(images.pids)
    cams = torch.from_numpy(images.cam_ids)
    for name, protocol in {
        'all, single-shot, 10 trials': SYSUProtocol(['all'], [1]),
        'full table, 40 trials': SYSUProtocol(),
    }.items():
        trials = protocol.trials(images)
        fast, slow = [], []
        for _ in range(repeats):
            for _ in range(3):
                start = time.perf_counter()
                ours = score_trials(similarity, pids, cams, trials)
                fast.append(time.perf_counter() - start)
            start = time.perf_counter()
            theirs = [
                rank_in_a_loop(distance[:, trial.gallery], trial, images)
                for trial in trials
            ]
            slow.append(time.perf_counter() - start)
        worst = max(map(difference, ours, theirs))
        print(
            f'SYSU-MM01 {name}: loop {min(slow):.3f} s, ours '
            f'{min(fast):.4f} s, {min(slow) / min(fast):.1f} times faster, '
            f'difference {worst:.1e}',
            flush=True,
        )
        if worst > 1e-9:
            raise SystemExit('The scores differ.')


def resident_bytes() -> int:
    """Return the memory that this process holds now."""
    pages = int(Path('/proc/self/statm').read_text().split()[1])
    return pages * resource.getpagesize()


def measure_large(name: str) -> dict:
    """Rank a large set, in this process."""
    num_query, num_gallery, identities = LARGE[name]
    rng = np.random.default_rng(0)
    # A few persons with many images, many with a few.
    weights = rng.gamma(2, size=identities)
    people = rng.choice(identities, num_gallery, p=weights / weights.sum())
    pids = np.concatenate([rng.choice(people, num_query), people])
    cams = rng.integers(1, 7, len(pids))
    features = make_features(pids, WIDTH, seed=1)
    images = ImageList(pids, cams, np.zeros_like(pids), [''] * len(pids))
    tensors = torch.from_numpy(pids), torch.from_numpy(cams)
    gallery = torch.arange(num_query, len(pids))
    trial = RetrievalTrial(name, torch.arange(num_query), gallery)
    before = resident_bytes()
    start = time.perf_counter()
    score_trials(cosine(features), *tensors, [trial])
    seconds = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024

    few = RetrievalTrial(name, torch.arange(SAMPLE), gallery)
    matrix = features[:SAMPLE] @ features[num_query:].T
    start = time.perf_counter()
    theirs = rank_in_a_loop(-matrix.numpy(), few, images)
    loop = (time.perf_counter() - start) * num_query / SAMPLE
    (ours,) = score_trials(
        lambda _: lambda query: matrix[query].T.contiguous(), *tensors, [few]
    )
    start = time.perf_counter()
    for rows in torch.arange(num_query).split(200):
        features[num_query:] @ features[rows].T
    product = time.perf_counter() - start
    return dict(
        seconds=seconds,
        product=product,
        loop=loop,
        extra=peak - before,
        difference=difference(ours, theirs),
    )


def compare_large(name: str, threads: int) -> None:
    """Rank a large set in a fresh process and print what it took."""
    command = [sys.executable, __file__, '--worker', name]
    command += ['--threads', str(threads)]
    output = subprocess.run(
        command, check=True, stdout=subprocess.PIPE, text=True
    ).stdout
    result = json.loads(output.splitlines()[-1])
    num_query, num_gallery, _ = LARGE[name]
    print(
        f'{num_query} x {num_gallery}: {result["seconds"]:.1f} s, of which '
        f'{result["product"]:.1f} s for the product of features alone; the '
        f'loop would take {result["loop"]:.1f} s after it. Peak extra '
        f'memory {result["extra"] / MEBIBYTE:.0f} MiB; difference '
        f'{result["difference"]:.1e}',
        flush=True,
    )
    if result['difference'] > 1e-9:
        raise SystemExit('The scores differ.')


def main() -> None:
    """Run the benchmark."""
    args = parse_args()
    if args.threads:
        torch.set_num_threads(args.threads)
    if args.worker:
        print(json.dumps(measure_large(args.worker)))
        return
    threads = torch.get_num_threads()
    print(f'torch {torch.__version__}; products on {threads} threads')
    parts = args.part or ['sysu', *LARGE]
    if 'sysu' in parts:
        # One thread each: here nothing is multiplied.
        torch.set_num_threads(1)
        compare_sysu(args.repeats)
    for name in LARGE:
        if name in parts:
            compare_large(name, threads)


if __name__ == '__main__':
    main()
