import pytest
import torch
from mmpretrain.structures import DataSample

from mmvireid.models import CrossModalityDataPreprocessor
from mmvireid.registry import MODELS


def make_batch(modalities, size=(8, 4)):
    generator = torch.Generator().manual_seed(0)
    return dict(
        inputs=[
            torch.randint(0, 256, (3, *size), generator=generator).byte()
            for _ in modalities
        ],
        data_samples=[
            DataSample(metainfo=dict(modality=m, sample_idx=i))
            for i, m in enumerate(modalities)
        ],
    )


def test_orders_visible_first_and_stably():
    out = CrossModalityDataPreprocessor()(make_batch([1, 0, 1, 0, 0]))
    order = [sample.sample_idx for sample in out['data_samples']]
    assert order == [1, 3, 4, 0, 2]
    assert out['num_visible'] == 3
    assert [order[i] for i in out['restore']] == [0, 1, 2, 3, 4]


def test_normalises_bgr_bytes_to_rgb_floats():
    batch = make_batch([1, 0])
    out = CrossModalityDataPreprocessor()(batch)
    rgb = batch['inputs'][1].flip(0).double()
    mean = torch.tensor([123.675, 116.28, 103.53]).double().view(3, 1, 1)
    std = torch.tensor([58.395, 57.12, 57.375]).double().view(3, 1, 1)
    expected = (rgb - mean) / std
    assert torch.allclose(out['inputs'][0].double(), expected, atol=1e-5)


def test_different_sizes_are_refused():
    batch = make_batch([0, 1])
    batch['inputs'][0] = batch['inputs'][0][:, :4]
    with pytest.raises(ValueError, match='must have one size'):
        CrossModalityDataPreprocessor()(batch)


@pytest.mark.parametrize('modality', [None, 2])
def test_missing_or_unknown_modality_is_refused(modality):
    batch = make_batch([0, 1])
    batch['data_samples'][0].set_metainfo(dict(modality=modality))
    with pytest.raises(ValueError, match='needs a modality'):
        CrossModalityDataPreprocessor()(batch)


@pytest.fixture
def _augments():
    @MODELS.register_module(name='NegateVisible', force=True)
    class NegateVisible:
        def __init__(self, phases):
            self.phases = phases

        def __call__(self, inputs, data_samples, num_visible, training):
            sign = torch.ones(len(inputs), 1, 1, 1)
            sign[:num_visible] = -1
            return inputs * sign

    yield
    MODELS.module_dict.pop('NegateVisible')


@pytest.mark.usefixtures('_augments')
def test_batch_augments_keep_to_their_phases():
    augment = dict(type='NegateVisible', phases=('train',))
    preprocess = CrossModalityDataPreprocessor(batch_augments=[augment])
    train = preprocess(make_batch([1, 0]), training=True)['inputs']
    val = preprocess(make_batch([1, 0]), training=False)['inputs']
    assert torch.equal(train[0], -val[0])
    assert torch.equal(train[1], val[1])


@pytest.mark.usefixtures('_augments')
@pytest.mark.parametrize('phases', [(), ('test',)])
def test_unknown_phases_are_refused(phases):
    augment = dict(type='NegateVisible', phases=phases)
    with pytest.raises(ValueError, match='phases must name'):
        CrossModalityDataPreprocessor(batch_augments=[augment])
