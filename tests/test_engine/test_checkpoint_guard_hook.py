import pytest
import torch
from mmengine.runner import CheckpointLoader
from toy_training import ToyDataset, build_runner

from mmvireid.engine import CheckpointMismatchError

GUARD = dict(type='CheckpointGuardHook')
TRAINED_ON = dict(
    dataset_name='regdb',
    split='train',
    trial=1,
    num_identities=2,
    identities=['a', 'b'],
    split_hash='123',
)


@pytest.fixture
def checkpoint(tmp_path, monkeypatch):
    """The path of a checkpoint trained on ``TRAINED_ON``."""
    monkeypatch.setattr(ToyDataset, 'metainfo', TRAINED_ON)
    build_runner(tmp_path, 1, validate=False).train()
    return str(tmp_path / 'epoch_1.pth')


def change(path, **changes):
    content = CheckpointLoader.load_checkpoint(path)
    for key, value in changes.items():
        if value is None:
            content['meta' if key == 'meta' else 'state_dict'].pop(key)
        else:
            content['state_dict'][key] = value
    torch.save(content, path)


def val(work_dir, path, monkeypatch, meta, **guard):
    monkeypatch.setattr(ToyDataset, 'metainfo', {**TRAINED_ON, **meta})
    runner = build_runner(
        work_dir,
        custom_hooks=[dict(GUARD, **guard)],
        load_from=path,
        log_level='INFO',
    )
    return runner.val()


def train(work_dir, epochs, **options):
    """Train under guard, and return the last checkpoint."""
    build_runner(
        work_dir, epochs, validate=False, custom_hooks=[GUARD], **options
    ).train()
    return CheckpointLoader.load_checkpoint(f'{work_dir}/epoch_{epochs}.pth')


OTHERS = dict(split='test', identities=['c', 'd'])


def test_other_identities_of_the_trial_are_welcome(
    tmp_path, checkpoint, monkeypatch
):
    assert 'acc' in val(tmp_path, checkpoint, monkeypatch, OTHERS)


@pytest.mark.parametrize(
    ('meta', 'message'),
    [
        (dict(trial=2), 'trial 1 of regdb, but the val data are of trial 2'),
        (dict(split_hash='456'), 'split files 123 .* of split files 456'),
        (dict(identities=['b', 'c']), r'1 identities .* \(e.g. b\)'),
    ],
)
def test_leaks_are_refused(tmp_path, checkpoint, monkeypatch, meta, message):
    with pytest.raises(CheckpointMismatchError, match=message):
        val(tmp_path, checkpoint, monkeypatch, {**OTHERS, **meta})


def test_training_from_another_trial_is_refused(
    tmp_path, checkpoint, monkeypatch
):
    monkeypatch.setattr(ToyDataset, 'metainfo', {**TRAINED_ON, 'trial': 2})
    runner = build_runner(tmp_path, custom_hooks=[GUARD], load_from=checkpoint)
    with pytest.raises(CheckpointMismatchError, match='the train data'):
        runner.train()


def test_another_data_set_is_logged(tmp_path, checkpoint, monkeypatch, capfd):
    meta = dict(OTHERS, dataset_name='llcm', trial=None, identities=['a'])
    val(tmp_path, checkpoint, monkeypatch, meta)
    assert 'trained on regdb, the val data are llcm' in capfd.readouterr().out


def test_no_record_warns(tmp_path, checkpoint, monkeypatch, capfd):
    content = CheckpointLoader.load_checkpoint(checkpoint)
    torch.save(content['state_dict'], checkpoint)
    val(tmp_path, checkpoint, monkeypatch, {})
    output = capfd.readouterr()
    assert 'does not say on which data' in output.out + output.err


@pytest.mark.parametrize('value', [None, torch.zeros(3, 3)])
def test_missing_backbone_weights_fail(
    tmp_path, checkpoint, monkeypatch, value
):
    change(checkpoint, **{'backbone.0.weight': value, 'stray': torch.ones(1)})
    with pytest.raises(
        CheckpointMismatchError, match='lacks 1 .*0.weight.*1 .*: stray'
    ):
        val(tmp_path, checkpoint, monkeypatch, OTHERS)
    # Having said no once, the guard leaves nothing behind.
    assert val(
        tmp_path, checkpoint, monkeypatch, OTHERS, allow_missing_keys=True
    )


def test_heads_may_differ(tmp_path, checkpoint, monkeypatch):
    wrong = {'heads.id.weight': None, 'heads.id.bias': torch.zeros(7)}
    change(checkpoint, **wrong)
    assert val(tmp_path, checkpoint, monkeypatch, OTHERS)


def test_backbone_pretrained_on_another_trial_is_refused(
    tmp_path, monkeypatch
):
    monkeypatch.setattr(ToyDataset, 'metainfo', {**TRAINED_ON, 'trial': 2})
    runner = build_runner(tmp_path, custom_hooks=[GUARD])
    runner.model.backbone.pretrained_on = [TRAINED_ON]
    with pytest.raises(CheckpointMismatchError, match='trial 1 of regdb'):
        runner.train()


def test_what_was_seen_long_ago_is_remembered(tmp_path, monkeypatch):
    """From trial 1 to another data set, to a third, back to trial 2."""
    first, second = tmp_path / 'first', tmp_path / 'second'
    elsewhere = dict(dataset_name='sysu', identities=['x'])
    monkeypatch.setattr(ToyDataset, 'metainfo', elsewhere)
    runner = build_runner(first, 1, validate=False, custom_hooks=[GUARD])
    runner.model.backbone.pretrained_on = [TRAINED_ON]
    runner.train()
    third = dict(dataset_name='llcm')
    monkeypatch.setattr(ToyDataset, 'metainfo', third)
    start = str(first / 'epoch_1.pth')
    once = train(second, 1, load_from=start)
    path = str(second / 'epoch_1.pth')
    assert once['meta']['pretrained_on'] == [elsewhere, TRAINED_ON]
    with pytest.raises(CheckpointMismatchError, match='trial 1 of regdb'):
        val(tmp_path, path, monkeypatch, dict(trial=2, **OTHERS))
    assert 'acc' in val(tmp_path, path, monkeypatch, OTHERS)
    # resumed, it has not started from itself
    monkeypatch.setattr(ToyDataset, 'metainfo', third)
    again = train(second, 2, load_from=path, resume=True)
    assert again['meta']['pretrained_on'] == [elsewhere, TRAINED_ON]


def test_parts_of_a_joined_data_set_are_known(tmp_path, monkeypatch):
    parts = [dict(dataset_name='llcm', identities=['x']), TRAINED_ON]
    joined = dict(dataset_name='llcm+regdb', identities=[], parts=parts)
    monkeypatch.setattr(ToyDataset, 'metainfo', joined)
    train(tmp_path, 1)
    path = str(tmp_path / 'epoch_1.pth')
    with pytest.raises(
        CheckpointMismatchError, match='2 identities of the val'
    ):
        val(tmp_path, path, monkeypatch, dict(split='val'))
    assert 'acc' in val(tmp_path, path, monkeypatch, OTHERS)
    # resumed, it has not started from its own parts
    monkeypatch.setattr(ToyDataset, 'metainfo', joined)
    again = train(tmp_path, 2, load_from=path, resume=True)
    assert again['meta']['pretrained_on'] == []


def test_validation_on_what_is_trained_on_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(ToyDataset, 'metainfo', TRAINED_ON)
    with pytest.raises(
        CheckpointMismatchError, match='2 identities of the val'
    ):
        build_runner(tmp_path, 1, custom_hooks=[GUARD]).train()


@pytest.mark.parametrize('value', [None, torch.zeros(3, 3)])
def test_another_model_is_not_resumed(tmp_path, checkpoint, value):
    change(checkpoint, **{'backbone.0.weight': value, 'stray': torch.ones(1)})
    with pytest.raises(
        CheckpointMismatchError, match=r'resumed: 2 .*(0.weight.*|stray.*){2}'
    ):
        train(tmp_path, 2, load_from=checkpoint, resume=True)
