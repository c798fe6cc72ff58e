import itertools

import pytest
import torch
from scipy.optimize import linear_sum_assignment

from mmvireid.evaluation import PermutationAccuracy, best_permutations


@pytest.mark.parametrize('size', [2, 6, 7, 8])
def test_best_permutations_equal_the_hungarian_method(size):
    torch.manual_seed(0)
    scores = torch.randn(20, size, size)
    found = best_permutations(scores)
    expected = [linear_sum_assignment(-x.numpy())[1] for x in scores]
    assert found.tolist() == [columns.tolist() for columns in expected]


def test_best_permutation_is_the_best_of_all():
    torch.manual_seed(0)
    scores = torch.randn(4, 4)
    best = max(
        itertools.permutations(range(4)),
        key=lambda order: sum(scores[j, k] for j, k in enumerate(order)),
    )
    assert tuple(best_permutations(scores[None])[0].tolist()) == best


def make_sample(index, modality, logits, permutation):
    return dict(
        sample_idx=index,
        modality=modality,
        permutation_logits=torch.tensor(logits),
        permutation=torch.tensor(permutation),
    )


#: Greedy rows would both take column 0; the best assignment is (1, 0, 2).
LOGITS = [[2.0, 1.9, 0.0], [2.0, 0.0, 0.0], [0.0, 0.0, 1.0]]


def test_position_and_exact_accuracy_by_modality():
    metric = PermutationAccuracy()
    right = make_sample(0, 0, LOGITS, [1, 0, 2])
    swapped = make_sample(1, 0, LOGITS, [0, 1, 2])
    infrared = make_sample(2, 1, LOGITS, [1, 0, 2])
    # the first comes twice, as from two processes
    metric.process({}, [infrared, right, swapped, right])
    assert metric.evaluate(3) == pytest.approx(
        {
            'permutation/position': 100 * 7 / 9,
            'permutation/exact': 100 * 2 / 3,
            'permutation/visible_position': 100 * 4 / 6,
            'permutation/visible_exact': 50,
            'permutation/infrared_position': 100,
            'permutation/infrared_exact': 100,
        }
    )


def test_missing_images_are_an_error():
    metric = PermutationAccuracy()
    metric.process({}, [make_sample(0, 0, LOGITS, [1, 0, 2])])
    with pytest.raises(ValueError, match='dataset has 2 images'):
        metric.evaluate(2)


@pytest.mark.parametrize(
    ('absent', 'hint'),
    [
        ('permutation', 'StripePermutation'),
        ('permutation_logits', 'GumbelSinkhornHead'),
    ],
)
def test_what_is_lacking_is_named(absent, hint):
    sample = make_sample(0, 0, LOGITS, [1, 0, 2])
    del sample[absent]
    with pytest.raises(ValueError, match=hint):
        PermutationAccuracy().process({}, [sample])
