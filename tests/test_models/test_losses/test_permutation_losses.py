import pytest
import torch
import torch.nn.functional as F

from mmvireid.models.layers import gumbel_noise, sinkhorn
from mmvireid.models.losses import PermutationLikelihood, PermutationRanking

ORDER = torch.tensor([[3, 0, 5, 1, 4, 2]])


def log_matrix(permutations):
    """The logarithm of a hard permutation matrix, nearly."""
    return F.one_hot(permutations, permutations.shape[1]).double().log()


@pytest.mark.parametrize('loss', [PermutationRanking, PermutationLikelihood])
def test_the_true_permutation_costs_nothing(loss):
    assert loss()(log_matrix(ORDER), ORDER).item() == 0
    other = log_matrix(ORDER[:, torch.tensor([1, 0, 2, 3, 4, 5])])
    assert loss()(other, ORDER) > 0


@pytest.mark.parametrize('unit_scale', [False, True])
def test_ranking_equals_a_loop(unit_scale):
    torch.manual_seed(0)
    permutations = torch.stack([torch.randperm(4) for _ in range(3)])
    log_soft = sinkhorn(torch.randn(5, 3, 4, 4).double())
    soft = log_soft.exp()
    total = 0.0
    for sample in range(5):
        for image in range(3):
            for stripe in range(4):
                restored = sum(
                    soft[sample, image, slot, stripe].item()
                    * permutations[image, slot].item()
                    for slot in range(4)
                )
                total += ((stripe - restored) / (3 if unit_scale else 1)) ** 2
    loss = PermutationRanking(unit_scale)(log_soft, permutations)
    assert loss.item() == pytest.approx(total / 60, rel=1e-12)


def test_likelihood_equals_a_loop():
    torch.manual_seed(0)
    permutations = torch.stack([torch.randperm(4) for _ in range(3)])
    log_soft = sinkhorn(torch.randn(5, 3, 4, 4).double())
    total = -sum(
        log_soft[sample, image, slot, permutations[image, slot]].item()
        for sample in range(5)
        for image in range(3)
        for slot in range(4)
    )
    loss = PermutationLikelihood()(log_soft, permutations)
    assert loss.item() == pytest.approx(total / 60, rel=1e-12)


@pytest.mark.parametrize('loss', [PermutationRanking, PermutationLikelihood])
def test_descent_on_free_logits_recovers_the_permutation(loss):
    torch.manual_seed(0)
    logits = torch.zeros(1, 6, 6, requires_grad=True)
    optimizer = torch.optim.Adam([logits], lr=0.1)
    for _ in range(400):
        noisy = logits.expand(10, -1, -1, -1)
        log_soft = sinkhorn(noisy + gumbel_noise(noisy))
        value = loss()(log_soft, ORDER)
        optimizer.zero_grad()
        value.backward()
        optimizer.step()
    assert torch.equal(logits.argmax(dim=-1), ORDER)
    assert value < 0.3
