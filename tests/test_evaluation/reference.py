"""The slow way: one query at a time, in numpy and float64."""

import numpy as np


def rank_one_by_one(
    distance, query_pids, gallery_pids, hidden=None, level='image', max_rank=20
):
    """Return CMC, mAP, mINP and the number of valid queries."""
    cmc = np.zeros(max_rank)
    precisions, penalties = [], []
    for row, pid in enumerate(query_pids):
        order = np.argsort(distance[row], kind='stable')
        if hidden is not None:
            order = order[~hidden[row, order]]
        people = gallery_pids[order]
        positions = np.flatnonzero(people == pid) + 1
        if not len(positions):
            continue
        if level == 'identity':
            _, first = np.unique(people, return_index=True)
            people = people[np.sort(first)]
        cmc[np.flatnonzero(people == pid)[0] :] += 1
        hits = np.arange(1, len(positions) + 1)
        precisions.append(np.mean(hits / positions))
        penalties.append(len(positions) / positions[-1])
    valid = max(len(precisions), 1)
    return (
        cmc / valid,
        sum(precisions) / valid,
        sum(penalties) / valid,
        len(precisions),
    )
