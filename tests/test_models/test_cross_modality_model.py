import pytest
import torch
from mmengine.optim import OptimWrapper
from mmengine.registry import init_default_scope
from mmpretrain.structures import DataSample

from mmvireid.models import CrossModalityModel
from mmvireid.models.heads import BaseHead
from mmvireid.registry import MODELS

BACKBONE = dict(
    type='TwoStream',
    backbone=dict(
        type='mmpretrain.ResNet', depth=18, stem_channels=8, base_channels=8
    ),
)
HEADS = dict(
    id=dict(type='IdentityHead', label_smoothing=0.1),
    triplet=dict(type='MetricLossHead', loss=dict(type='HardTriplet')),
)


@pytest.fixture(autouse=True)
def _scope():
    init_default_scope('mmvireid')
    torch.manual_seed(0)


def build(heads=HEADS, **kwargs) -> CrossModalityModel:
    model = MODELS.build(
        dict(
            type='CrossModalityModel',
            backbone=BACKBONE,
            neck=dict(type='BNNeck', pooling=dict(type='GeM')),
            heads=heads,
            num_identities=4,
            **kwargs,
        )
    )
    model.init_weights()
    return model


def make_batch(modalities=(1, 0, 1, 0), size=(32, 16)):
    samples = []
    for i, modality in enumerate(modalities):
        meta = dict(modality=modality, sample_idx=i, pid=10 + i // 2, cam_id=1)
        samples.append(DataSample(metainfo=meta).set_gt_label(i // 2))
    images = [torch.randint(256, (3, *size)).byte() for _ in modalities]
    return dict(inputs=images, data_samples=samples)


def run(model, batch, mode, training=False):
    return model(**model.data_preprocessor(batch, training), mode=mode)


def test_loss_sums_every_head():
    model = build()
    losses = run(model, make_batch(), 'loss', training=True)
    assert set(losses) == {
        'id.loss_ce', 'id.accuracy', 'triplet.loss_metric'
    }  # fmt: skip
    total, logs = model.parse_losses(losses)
    expected = losses['id.loss_ce'] + losses['triplet.loss_metric']
    assert torch.isclose(total, expected)
    total.backward()
    without = [n for n, p in model.named_parameters() if p.grad is None]
    assert without == ['neck.bn.bias'] or not without


def test_inherited_heads_can_be_left_out():
    model = build(dict(HEADS, triplet=None))
    losses = run(model, make_batch(), 'loss', training=True)
    assert set(losses) == {'id.loss_ce', 'id.accuracy'}


def test_labels_reach_the_heads_in_the_order_of_the_images():
    seen = {}

    @MODELS.register_module(name='Spy', force=True)
    class Spy(BaseHead):
        def loss(self, features, batch):
            seen.update(batch.__dict__)
            return dict(loss_spy=features['global'].sum())

    model = build(dict(spy=dict(type='Spy', feature='global')))
    run(model, make_batch(), 'loss', training=True)
    assert seen['labels'].tolist() == [0, 1, 0, 1]
    assert seen['pids'].tolist() == [10, 11, 10, 11]
    assert seen['num_visible'] == 2
    assert [s.modality for s in seen['data_samples']] == [0, 0, 1, 1]
    MODELS.module_dict.pop('Spy')


def test_predictions_return_in_the_order_of_the_input():
    model = build().eval()
    batch = make_batch()
    with torch.no_grad():
        samples = run(model, batch, 'predict')
        assert [s.sample_idx for s in samples] == [0, 1, 2, 3]
        for i, sample in enumerate(samples):
            one = {key: [values[i]] for key, values in batch.items()}
            (alone,) = run(model, one, 'predict')
            for name in ('global', 'bn'):
                feature = sample.features[name]
                assert feature.shape == (64,)
                assert feature.norm().item() == pytest.approx(1, abs=1e-6)
                assert torch.allclose(feature, alone.features[name], atol=1e-5)


def test_flip_averages_and_keeps_symmetric_images():
    model, flipped = build().eval(), build(test_cfg=dict(flip=True)).eval()
    flipped.load_state_dict(model.state_dict())
    batch = make_batch()
    mirrored = dict(batch, inputs=[i.flip(-1) for i in batch['inputs']])
    with torch.no_grad():
        plain = run(model, batch, 'predict')[0].features['bn'].clone()
        mirror = run(model, mirrored, 'predict')[0].features['bn'].clone()
        average = run(flipped, batch, 'predict')[0].features['bn'].clone()
        expected = torch.nn.functional.normalize(plain + mirror, dim=0)
        assert torch.allclose(average, expected, atol=1e-6)
        symmetric = dict(
            batch, inputs=[torch.cat((i, i.flip(-1)), -1)
                           for i in batch['inputs']]
        )  # fmt: skip
        one = run(model, symmetric, 'predict')[0].features['bn'].clone()
        both = run(flipped, symmetric, 'predict')[0].features['bn']
    assert torch.allclose(one, both, atol=1e-6)


def test_tensor_mode_returns_the_features():
    features = run(build().eval(), make_batch(), 'tensor')
    assert features['map'].dim() == 4
    assert features['bn'].shape == features['global'].shape == (4, 64)


@pytest.mark.parametrize(
    ('heads', 'message'),
    [
        (dict(closs=dict(type='IdentityHead')), 'must not have "loss"'),
        (dict(id=dict(type='IdentityHead', feature='part')), 'neck gives'),
    ],
)
def test_bad_heads_are_refused(heads, message):
    with pytest.raises(ValueError, match=message):
        build(heads)


@pytest.mark.parametrize('values', [{}, {'ce': 0}, {'my_loss': 0}])
def test_heads_without_properly_named_losses_are_refused(values):
    @MODELS.register_module(name='Misnamed', force=True)
    class Misnamed(BaseHead):
        def loss(self, features, batch):
            return values

    model = build(dict(id=dict(type='Misnamed', feature='bn')))
    with pytest.raises(ValueError, match='must be named "loss_<name>"'):
        run(model, make_batch(), 'loss')
    MODELS.module_dict.pop('Misnamed')


def test_unknown_number_of_identities_is_explained():
    with pytest.raises(ValueError, match='fill_num_identities'):
        MODELS.build(
            dict(
                type='CrossModalityModel',
                backbone=BACKBONE,
                neck=dict(type='BNNeck', pooling=dict(type='GeM')),
                heads=HEADS,
            )
        )


def test_unknown_test_feature_and_mode_are_refused():
    with pytest.raises(ValueError, match="features \\['part'\\]"):
        build(test_cfg=dict(features=['part']))
    with pytest.raises(RuntimeError, match="it is 'train'"):
        run(build(), make_batch(), 'train')


def test_accumulated_gradients_are_the_mean_of_those_of_the_batches():
    batches = [make_batch(), make_batch()]
    model = build().eval()  # batch norms as they are
    start = [p.detach().clone() for p in model.parameters()]
    gradients = []
    for batch in batches:
        losses = run(model, batch, 'loss', training=True)
        model.parse_losses(losses)[0].backward()
        gradients.append([p.grad for p in model.parameters()])
        model.zero_grad()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.5)
    wrapper = OptimWrapper(optimizer, accumulative_counts=2)
    wrapper.initialize_count_status(model, 0, 2)
    for batch in batches:
        model.train_step(batch, wrapper)
    for before, p, first, second in zip(
        start, model.parameters(), *gradients, strict=True
    ):
        if first is not None:
            expected = before - 0.5 * (first + second) / 2
            assert torch.allclose(p, expected, atol=1e-6)


def test_compile():
    model = build()
    batch = model.data_preprocessor(make_batch(), True)
    eager = model(**batch, mode='loss')
    model.eval()
    expected = model(**batch, mode='tensor')['bn']
    compiled = torch.compile(model, backend='eager')
    assert torch.allclose(
        compiled(**batch, mode='tensor')['bn'], expected, atol=1e-6
    )
    assert eager['id.loss_ce'].isfinite()


def test_full_size_agw():
    """Golden: two unit-norm outputs of 4x2048, about 24.4 M parameters."""
    model = MODELS.build(
        dict(
            type='CrossModalityModel',
            backbone=dict(
                type='TwoStream',
                backbone=dict(type='NonLocalResNet', depth=50),
            ),
            neck=dict(type='BNNeck', pooling=dict(type='GeM')),
            heads=dict(id=dict(type='IdentityHead')),
            num_identities=395,
        )
    ).eval()
    parameters = sum(p.numel() for p in model.parameters())
    assert parameters == pytest.approx(24.4e6, rel=0.003)
    batch = make_batch((0, 0, 1, 1), size=(288, 144))
    with torch.no_grad():
        samples = run(model, batch, 'predict')
    for name in ('global', 'bn'):
        feature = torch.stack([s.features[name] for s in samples])
        assert feature.shape == (4, 2048)
        assert torch.allclose(feature.norm(dim=1), torch.ones(4), atol=1e-6)
