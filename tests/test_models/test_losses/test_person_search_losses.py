"""Losses of person search against explicit slow loops in float64."""

import math

import pytest
import torch
import torch.nn.functional as F

from mmvireid.models.losses import (
    AnchorFocalLoss,
    DistillationLoss,
    MomentumQueueLoss,
    OnlineInstanceMatching,
)


def slow_focal(logits, grades, alpha, gamma):
    total, positives = 0.0, 0
    for z, grade in zip(logits.tolist(), grades.tolist(), strict=True):
        if grade < 0:
            continue
        p = 1 / (1 + math.exp(-z))
        if grade > 0:
            total += -alpha * (1 - p) ** gamma * math.log(p)
            positives += 1
        else:
            total += -(1 - alpha) * p**gamma * math.log(1 - p)
    return total / max(1, positives)


@pytest.mark.parametrize(('alpha', 'gamma'), [(0.5, 1.0), (0.25, 2.0)])
def test_focal_equals_a_slow_loop(alpha, gamma):
    torch.manual_seed(0)
    logits = 3 * torch.randn(50, dtype=torch.float64)
    grades = torch.randint(-1, 3, (50,))
    expected = slow_focal(logits, grades, alpha, gamma)
    assert AnchorFocalLoss(alpha, gamma)(logits, grades).item() == (
        pytest.approx(expected)
    )


def test_focal_without_foreground_and_of_extremes():
    loss = AnchorFocalLoss()
    nothing = loss(torch.zeros(0, 5), torch.zeros(0, 5).long())
    assert nothing == 0
    background = loss(torch.zeros(4), torch.zeros(4).long())
    assert background == pytest.approx(4 * 0.5 * 0.5 * math.log(2))
    logits = torch.tensor([-6e4, 6e4], dtype=torch.half, requires_grad=True)
    value = loss(logits, torch.tensor([1, 0]))
    assert value.item() == pytest.approx(6e4, rel=1e-3)
    value.backward()
    assert logits.grad.isfinite().all()


class SlowOIM:
    """The table and the queue, one sample after the other."""

    def __init__(self, dim, num, size, scale, momentum):
        self.table = torch.zeros(num, dim, dtype=torch.float64)
        self.queue = torch.zeros(size, dim, dtype=torch.float64)
        self.head, self.scale, self.momentum = 0, scale, momentum

    def __call__(self, embeddings, person_ids):
        unit = F.normalize(embeddings)
        total = 0.0
        for x, y in zip(unit, person_ids.tolist(), strict=True):
            if y >= len(self.table):
                continue
            logits = []
            for i, row in enumerate([*self.table, *self.queue]):
                cosine = float(x @ row)
                if not row.any():
                    cosine = 1.0 if i == y else -1.0
                logits.append(self.scale * cosine)
            top = max(logits)
            total -= logits[y] - top
            total += math.log(sum(math.exp(z - top) for z in logits))
        for x, y in zip(unit, person_ids.tolist(), strict=True):
            if y < len(self.table):
                mixed = self.momentum * self.table[y]
                mixed = mixed + (1 - self.momentum) * x
                self.table[y] = mixed / mixed.norm()
            else:
                self.queue[self.head] = x
                self.head = (self.head + 1) % len(self.queue)
        return total / len(unit)


def test_oim_equals_a_slow_loop_over_steps():
    torch.manual_seed(0)
    options = dict(dim=4, num_identities=5, queue_size=3, scale=7.0)
    loss = OnlineInstanceMatching(**options, momentum=0.4).double().train()
    slow = SlowOIM(4, 5, 3, 7.0, 0.4)
    batches = ([0, 1, 0, 0, 9, 5], [2, 9, 6, 7, 8, 1, 1], [0, 3, 4, 5, 2])
    for person_ids in map(torch.tensor, batches):
        x = torch.randn(len(person_ids), 4, dtype=torch.float64)
        found = loss(x, person_ids).item()
        assert found == pytest.approx(slow(x, person_ids), abs=1e-12)
        assert torch.allclose(loss.table, slow.table)
        assert torch.allclose(loss.queue, slow.queue)
        assert loss.head == slow.head


def test_oim_first_step_is_quiet_and_second_is_not():
    torch.manual_seed(0)
    loss = OnlineInstanceMatching(dim=4, num_identities=3, queue_size=2)
    x = torch.randn(3, 4, requires_grad=True)
    first = loss(x, torch.tensor([0, 1, 2]))
    first.backward()
    assert first < 1e-6
    assert not x.grad.any()
    x = x.detach().neg().requires_grad_()
    second = loss(x, torch.tensor([0, 1, 2]))
    second.backward()
    assert second > 1
    assert x.grad.any()


def test_oim_of_no_boxes_of_unlabelled_alone_and_in_testing():
    loss = OnlineInstanceMatching(dim=4, num_identities=3, queue_size=2)
    x = torch.randn(0, 4, requires_grad=True)
    value = loss(x, torch.zeros(0).long())
    value.backward()
    assert value == 0
    assert loss(torch.randn(3, 4), torch.tensor([3, 4, 5])) == 0
    assert loss.head == 1
    assert loss.queue.any(dim=1).all()
    state = loss.queue.clone()
    loss.eval()(torch.randn(3, 4), torch.tensor([0, 4, 5]))
    assert torch.equal(loss.queue, state)
    assert not loss.table.any()


@pytest.mark.parametrize('kind', ['table', 'queue'])
def test_what_is_no_number_is_not_kept(kind):
    """Mixed precision skips such a step, but buffers would hold it."""
    if kind == 'table':
        loss = OnlineInstanceMatching(4, num_identities=3, queue_size=2)
        bad = [torch.full((2, 4), torch.inf)]
    else:
        loss = MomentumQueueLoss(4, queue_size=8)
        bad = [torch.ones(2, 4), torch.full((2, 4), torch.nan)]
    persons = torch.tensor([0, 3])
    value = loss(bad[0], persons, *bad[1:])
    if kind == 'queue':  # that of nobody
        assert value == 0
    if kind == 'queue':  # of two persons, one has a teacher's numbers
        half = torch.tensor([[1.0, 0, 0, 0], [torch.nan] * 4])
        first = loss(torch.ones(2, 4), persons, half)
        assert first == loss(torch.ones(1, 4), persons[:1], half[:1])
    good = torch.randn(2, 4)
    for _ in range(2):
        assert loss(good, persons, good).isfinite()


def test_oim_needs_the_number_of_persons():
    with pytest.raises(ValueError, match='num_identities'):
        OnlineInstanceMatching(dim=4, num_identities=None)


class SlowQueue:
    """The queue, one person after the other."""

    def __init__(self, dim, size, scale):
        self.rows, self.ids = [None] * size, [-1] * size
        self.head, self.scale = 0, scale

    def __call__(self, student, person_ids, teacher):
        for person in sorted(set(person_ids.tolist())):
            mean = F.normalize(teacher[person_ids == person].mean(0), dim=0)
            if person in self.ids:
                old = self.ids.index(person)
                if old != self.head:
                    self.ids[old] = -1
            self.rows[self.head], self.ids[self.head] = mean, person
            self.head = (self.head + 1) % len(self.ids)
        total = 0.0
        for x, person in zip(
            F.normalize(student), person_ids.tolist(), strict=True
        ):
            logits = {
                i: self.scale * float(x @ row)
                for row, i in zip(self.rows, self.ids, strict=True)
                if i >= 0
            }
            total += math.log(sum(map(math.exp, logits.values())))
            total -= logits[person]
        return total / len(student)


def test_queue_equals_a_slow_loop_with_wraparound():
    torch.manual_seed(0)
    loss = MomentumQueueLoss(dim=4, queue_size=7, scale=5.0).double()
    slow = SlowQueue(4, 7, 5.0)
    batches = (
        [3, 1, 3, 0], [1, 5, 6], [0, 1, 2], [9, 3, 8, 7, 6], [6, 7, 6],
        [0, 1, 2, 3, 4, 5, 6],
    )  # fmt: skip
    for person_ids in map(torch.tensor, batches):
        student, teacher = torch.randn(
            2, len(person_ids), 4, dtype=torch.float64
        )
        found = loss(student, person_ids, teacher).item()
        expected = slow(student, person_ids, teacher)
        assert found == pytest.approx(expected, abs=1e-12)
        assert loss.persons.tolist() == slow.ids
        assert loss.head == slow.head
        known = loss.persons[loss.persons >= 0]
        assert len(known.unique()) == len(known)


def test_queue_of_no_boxes_and_of_too_few_slots():
    loss = MomentumQueueLoss(dim=4, queue_size=2)
    x = torch.randn(0, 4, requires_grad=True)
    value = loss(x, torch.zeros(0).long(), x.detach())
    value.backward()
    assert value == 0
    x = torch.randn(3, 4)
    with pytest.raises(ValueError, match='3 persons, .* only 2 slots'):
        loss(x, torch.arange(3), x)
    with pytest.raises(ValueError, match='teacher_momentum'):
        loss(x, torch.arange(3))
    with pytest.raises(ValueError, match='queue_size'):
        MomentumQueueLoss(dim=4, queue_size=0)


@pytest.mark.parametrize('kind', [OnlineInstanceMatching, MomentumQueueLoss])
def test_backward_after_a_later_step(kind):
    torch.manual_seed(0)
    loss = kind(dim=4, num_identities=3, queue_size=6)
    x = torch.randn(3, 4, requires_grad=True)
    ids = torch.arange(3)
    loss(x, ids, x.detach())
    first, second = loss(x, ids, x.detach()), loss(x, ids, x.detach())
    (first + second).backward()
    assert x.grad.isfinite().all()
    assert {'head', 'queue'} <= set(loss.state_dict())


def test_distillation_equals_slow_loops():
    torch.manual_seed(0)
    student, teacher = torch.randn(2, 3, 5, dtype=torch.float64)
    kl = bce = 0.0
    for s, t in zip(student / 2, teacher / 2, strict=True):
        p = t.exp() / t.exp().sum()
        log_q = s - s.exp().sum().log()
        kl += float((p * (p.log() - log_q)).sum()) / 3
        sigma = 1 / (1 + (-log_q).exp())
        terms = p * sigma.log() + (1 - p) * (1 - sigma).log()
        bce -= float(terms.sum()) / 15
    assert DistillationLoss()(student, teacher).item() == pytest.approx(kl)
    released = DistillationLoss(form='bce_log_softmax')
    assert released(student, teacher).item() == pytest.approx(bce)


def test_distillation_starts_at_its_known_values():
    logits = torch.randn(2, 1000)
    assert DistillationLoss()(logits, logits) == pytest.approx(0, abs=1e-6)
    flat = torch.zeros(2, 1000)
    # 1000 equal classes: softplus(-ln 1000) + 1/1000 * ln 1000
    expected = math.log1p(1e-3) + math.log(1000) / 1000
    released = DistillationLoss(form='bce_log_softmax')(flat, flat)
    assert released == pytest.approx(expected, rel=1e-4)
    assert released == pytest.approx(0.0079, abs=5e-5)
    with pytest.raises(ValueError, match='form'):
        DistillationLoss(form='mse')
    with pytest.raises(ValueError, match='temperature'):
        DistillationLoss(temperature=0)
