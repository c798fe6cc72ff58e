"""Weights that go from one person detector to another."""

import pytest
import torch
from tiny_spnet import DIM, build, query_path

from mmvireid.engine import CheckpointMismatchError
from mmvireid.engine.hooks.checkpoint_guard_hook import (
    require_feature_weights,
)
from mmvireid.models.detectors import person_search_weights

SEPARATE = dict(shared=False)
QUEUE = dict(loss_reid=dict(type='MomentumQueueLoss', queue_size=16))
STAGE = 'bbox_head.stages'
LOCATE = 'roi_head.locate'


@pytest.fixture(scope='module')
def checkpoint(tmp_path_factory):
    """A query-centric pre-training with a teacher and a memory."""
    model = build(
        head=query_path(), roi=QUEUE, teacher_momentum=0.9, seed=5,
        memory=dict(type='ClassifierMemory', num_classes=10),
    )  # fmt: skip
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.add_(torch.randn_like(parameter))
    path = tmp_path_factory.mktemp('pt') / 'pretrained.pth'
    meta = dict(dataset_meta=dict(dataset_name='toy'))
    torch.save(dict(state_dict=model.state_dict(), meta=meta), path)
    return str(path)


def load(checkpoint, replicate=False, **options):
    given = torch.load(checkpoint, weights_only=True)['state_dict']
    pretrained = dict(checkpoint=checkpoint, replicate=replicate)
    start = build(seed=1, **options)
    model = build(seed=1, pretrained=pretrained, **options)
    return given, start.state_dict(), model.state_dict(), model


def below(weights, prefix):
    return {
        key.removeprefix(prefix): value
        for key, value in weights.items()
        if key.startswith(prefix)
    }


def equal(a, b):
    return a.keys() == b.keys() and all(torch.equal(a[k], b[k]) for k in a)


def test_into_the_same_model(checkpoint):
    given, _, loaded, model = load(checkpoint)
    for part in ('backbone.', 'neck.', 'bbox_head.', 'roi_head.reid.'):
        assert equal(below(loaded, part), below(given, part))
    assert model.pretrained_on == [dict(dataset_name='toy')]
    assert not model.roi_head.loss_reid.table.any()


def test_into_separate_heads(checkpoint):
    given, start, loaded, _ = load(checkpoint, roi=SEPARATE)
    last_stage = below(given, 'roi_head.reid.last_stage')
    assert equal(below(loaded, 'roi_head.reid.last_stage'), last_stage)
    assert equal(below(loaded, f'{LOCATE}.0.last_stage'), last_stage)
    for part in ('roi_head.reid.projections', f'{LOCATE}.0.projection'):
        assert equal(below(loaded, part), below(start, part))


@pytest.mark.parametrize('replicate', [False, True])
@pytest.mark.parametrize('dim', [DIM, 2 * DIM])
def test_into_stages_and_separate_heads(checkpoint, replicate, dim):
    given, start, loaded, _ = load(
        checkpoint, replicate, num_refinements=2,
        roi=dict(shared=False, reid_dim=dim),
    )  # fmt: skip
    first = below(given, f'{STAGE}.0')
    assert equal(below(loaded, f'{STAGE}.0'), first)
    for i in (1, 2):
        expected = first if replicate else below(start, f'{STAGE}.{i}')
        assert equal(below(loaded, f'{STAGE}.{i}'), expected)
    last_stage = below(given, 'roi_head.reid.last_stage')
    assert equal(below(loaded, f'{LOCATE}.0.last_stage'), last_stage)
    expected = (
        last_stage if replicate else below(start, f'{LOCATE}.1.last_stage')
    )
    assert equal(below(loaded, f'{LOCATE}.1.last_stage'), expected)
    projection = f'{LOCATE}.1.projection'
    assert equal(below(loaded, projection), below(start, projection))


def test_prints_what_went_where(checkpoint, monkeypatch):
    printed = []
    monkeypatch.setattr(
        person_search_weights, 'print_log', lambda text, **_: printed.append(
            text
        )
    )  # fmt: skip
    load(checkpoint, replicate=True, num_refinements=2, roi=SEPARATE)
    (printed,) = printed
    weights = 12  # of a stage: a bridge and five layers
    for i in range(3):
        line = f'{STAGE}.0 -> {STAGE}.{i}: {weights} weights'
        assert line in printed
    assert f'roi_head.reid -> {LOCATE}.1: ' in printed
    assert f'drawn anew: {LOCATE}.0.projection.weight' in printed
    assert 'teacher' not in printed


def test_refuses_what_has_no_place(tmp_path):
    model = build(num_refinements=2)
    path = tmp_path / 'refined.pth'
    torch.save(model.state_dict(), path)
    with pytest.raises(ValueError, match='24 weights that'):
        build(pretrained=dict(checkpoint=str(path)))


def test_refuses_a_body_of_another_width(tmp_path):
    given = build().state_dict()
    key = next(k for k in given if k.startswith('neck.') and given[k].ndim > 1)
    path = tmp_path / 'wide.pth'
    torch.save({**given, key: torch.cat([given[key]] * 2)}, path)
    with pytest.raises(ValueError, match=f'1 of its weights .* {key}'):
        build(pretrained=dict(checkpoint=str(path)))


def test_plain_weights_fill_both_streams(checkpoint):
    given, _, loaded, _ = load(checkpoint, specific=['downsample_layers.0'])
    stem = 'backbone.backbone.downsample_layers.0.'
    for copy in ('visible', 'infrared'):
        assert equal(below(loaded, f'{stem}{copy}.'), below(given, stem))


def test_testing_needs_the_weights_of_all_stages_and_heads():
    given = build().state_dict()
    for options in (dict(num_refinements=1), dict(roi=SEPARATE)):
        model = build(**options)
        require_feature_weights(model)
        with pytest.raises(CheckpointMismatchError, match='of the backbone'):
            model.load_state_dict(given, strict=False)
    model = build(num_identities=7)
    require_feature_weights(model)
    given = {k: v for k, v in given.items() if 'loss_reid' not in k}
    model.load_state_dict(given, strict=False)


def test_options_that_there_are_not():
    with pytest.raises(TypeError, match="unexpected .* 'repeat'"):
        build(pretrained=dict(checkpoint='x.pth', repeat=True))
