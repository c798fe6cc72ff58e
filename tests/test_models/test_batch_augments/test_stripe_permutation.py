import pytest
import torch
from mmpretrain.structures import DataSample

from mmvireid.models.batch_augments import StripePermutation


def make_samples(count, first=0):
    return [
        DataSample(metainfo=dict(sample_idx=first + i)) for i in range(count)
    ]


def numbered(count, height=12, width=4):
    """Images whose rows hold their own number."""
    rows = torch.arange(float(height)).view(1, 1, -1, 1)
    return rows.expand(count, 3, height, width)


@pytest.mark.parametrize('training', [True, False])
def test_slots_show_the_stripes_that_the_permutation_says(training):
    images, samples = numbered(8), make_samples(8)
    shuffled = StripePermutation(4)(images, samples, 4, training)
    for image, sample in zip(shuffled, samples, strict=True):
        for slot, stripe in enumerate(sample.permutation.tolist()):
            rows = image[:, 3 * slot : 3 * slot + 3]
            assert torch.equal(rows, images[0, :, 3 * stripe : 3 * stripe + 3])


def test_pairs_share_a_permutation_and_differ_from_each_other():
    samples = make_samples(40)
    StripePermutation(6)(numbered(40), samples, 20, training=True)
    drawn = [tuple(sample.permutation.tolist()) for sample in samples]
    assert drawn[:20] == drawn[20:]
    assert len(set(drawn)) > 15


def test_all_permutations_are_equally_likely():
    torch.manual_seed(0)
    samples = make_samples(12_000)
    StripePermutation(3)(numbered(12_000, 3, 1), samples, 6000, training=True)
    drawn = [tuple(s.permutation.tolist()) for s in samples[:6000]]
    counts = torch.tensor([drawn.count(order) for order in set(drawn)])
    assert len(counts) == 6
    assert ((counts - 1000).abs() < 150).all()


def test_validation_depends_on_the_image_alone():
    augment = StripePermutation(6)
    together, apart = make_samples(6), make_samples(1, first=4)
    augment(numbered(6), together, 2, training=False)
    torch.manual_seed(1)
    augment(numbered(1), apart, 0, training=False)
    assert torch.equal(together[4].permutation, apart[0].permutation)
    drawn = {tuple(sample.permutation.tolist()) for sample in together}
    assert len(drawn) > 3


def test_height_that_does_not_divide():
    with pytest.raises(ValueError, match=r'10x4.*\[6, 12\].*384x192'):
        StripePermutation(6)(numbered(2, 10), make_samples(2), 1, True)


def test_uneven_pairs_are_refused():
    with pytest.raises(ValueError, match='1 visible and 2 infrared'):
        StripePermutation(4)(numbered(3), make_samples(3), 1, True)


def test_one_stripe_is_refused():
    with pytest.raises(ValueError, match='at least 2'):
        StripePermutation(1)
