import math

import pytest
import torch
import torch.nn.functional as F

from mmvireid.models.losses import PartCycleContrast


def softmax(values, temperature):
    exps = [math.exp(v / temperature) for v in values]
    return [e / sum(exps) for e in exps]


def mixed(weights, vectors):
    total = sum(w * v for w, v in zip(weights, vectors, strict=True))
    return total / total.norm()


def slow_direction(own, other, slots, temperature, exclude, symmetric):
    pool = [patch for image in other for patch in image]
    found = []
    for image, patches in enumerate(own):
        for slot, patch in enumerate(patches):
            near = mixed(softmax([patch @ u for u in pool], temperature), pool)
            back = mixed(
                softmax([near @ k for k in patches], temperature), patches
            )
            found.append((near, back, image, slots[image, slot].item()))
    losses = []
    for a, (near, back, image, stripe) in enumerate(found):
        counts = [
            b
            for b in range(len(found))
            if a == b
            or not (exclude == 'image' and found[b][2] == image)
            and not (exclude == 'slot' and found[b][3] == stripe)
        ]
        forms = [([near @ found[b][1] for b in counts], near @ back)]
        if symmetric:
            forms.append(([back @ found[b][0] for b in counts], near @ back))
        values = [
            -math.log(
                math.exp(own_pair / temperature)
                / sum(math.exp(s / temperature) for s in row)
            )
            for row, own_pair in forms
        ]
        losses.append(sum(values) / len(values))
    return losses


@pytest.mark.parametrize('exclude', ['none', 'image', 'slot'])
@pytest.mark.parametrize('symmetric', [False, True])
def test_equals_a_loop(exclude, symmetric):
    torch.manual_seed(0)
    parts = F.normalize(torch.randn(5, 3, 8).double(), dim=-1)
    slots = torch.stack([torch.randperm(3) for _ in range(5)])
    expected = [
        loss
        for own, other, own_slots in (
            (parts[:2], parts[2:], slots[:2]),
            (parts[2:], parts[:2], slots[2:]),
        )
        for loss in slow_direction(
            own, other, own_slots, 0.2, exclude, symmetric
        )
    ]
    loss = PartCycleContrast(0.2, exclude, symmetric)(parts, slots, 2)
    assert loss.item() == pytest.approx(sum(expected) / 15, rel=1e-10)


def test_gradient():
    torch.manual_seed(0)
    raw = torch.randn(4, 2, 3, dtype=torch.float64, requires_grad=True)
    slots = torch.zeros(4, 2, dtype=torch.long)

    def loss(x):
        return PartCycleContrast(0.5)(F.normalize(x, dim=-1), slots, 2)

    assert torch.autograd.gradcheck(loss, raw)


@pytest.mark.parametrize('parts', ['equal', 'opposite'])
def test_extremes_under_autocast(parts):
    vectors = torch.ones(4, 6, 32).bfloat16()
    if parts == 'opposite':
        vectors[:2] *= -1
    vectors = (vectors / 32**0.5).requires_grad_()
    slots = torch.arange(6).expand(4, 6)
    with torch.autocast('cpu', dtype=torch.bfloat16):
        loss = PartCycleContrast(0.01)(vectors, slots, 2)
    loss.backward()
    assert loss.dtype == torch.float32
    assert loss.isfinite()
    assert vectors.grad.isfinite().all()


@pytest.mark.parametrize('num_visible', [0, 4])
def test_one_modality_gives_zero(num_visible):
    parts = torch.randn(4, 6, 8, requires_grad=True)
    slots = torch.zeros(4, 6, dtype=torch.long)
    loss = PartCycleContrast()(parts, slots, num_visible)
    loss.backward()
    assert loss.item() == 0


@pytest.mark.parametrize('wrong', [dict(temperature=0), dict(exclude='patch')])
def test_wrong_options_are_refused(wrong):
    with pytest.raises(ValueError, match=next(iter(wrong))):
        PartCycleContrast(**wrong)
