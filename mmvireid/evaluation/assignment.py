"""The permutation with the highest total score."""

import itertools

import numpy as np
import torch
import torch.nn.functional as F
from scipy.optimize import linear_sum_assignment
from torch import Tensor

#: 5040 permutations of 7 are quickly compared, 40320 of 8 are not.
LARGEST_ENUMERATION = 7

#: Score matrices compared at a time: bounds the memory to about 80 MB.
CHUNK = 4096


def best_permutations(scores: Tensor) -> Tensor:
    """Solve linear assignment problems.

    Up to seven items all permutations are compared, in one product of
    matrices; beyond, each problem is solved by scipy.

    Args:
        scores (Tensor): ``(N, n, n)``.

    Returns:
        Tensor: ``(N, n)``: for each row of a matrix the column that it is
        assigned, so that the sum of the chosen scores is largest.
    """
    if scores.shape[-1] <= LARGEST_ENUMERATION:
        return _by_enumeration(scores)
    columns = [
        linear_sum_assignment(matrix, maximize=True)[1]
        for matrix in scores.cpu().numpy()
    ]
    return torch.from_numpy(np.stack(columns)).to(scores.device)


def _by_enumeration(scores: Tensor) -> Tensor:
    size = scores.shape[-1]
    orders = list(itertools.permutations(range(size)))
    table = torch.tensor(orders, device=scores.device)
    matrices = F.one_hot(table, size).flatten(1).to(scores.dtype)
    best = [
        (part.flatten(1) @ matrices.T).argmax(dim=1)
        for part in scores.split(CHUNK)
    ]
    return table[torch.cat(best)]
