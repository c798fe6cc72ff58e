import pytest
from toy_training import build_runner


@pytest.mark.parametrize('value', [float('nan'), float('inf')])
def test_stops_and_names_the_loss(tmp_path, value):
    runner = build_runner(
        tmp_path,
        custom_hooks=[
            dict(type='InvalidLossHook', interval=2),
            dict(type='ScheduledAttributeHook', target='heads.id.scale',
                 schedule={2: value}),
        ],
    )  # fmt: skip
    with pytest.raises(FloatingPointError, match='iteration 8 .*loss_id'):
        runner.train()


def test_no_checkpoint_of_an_epoch_that_ends_in_nan(tmp_path):
    runner = build_runner(
        tmp_path,
        custom_hooks=[
            dict(type='InvalidLossHook', interval=50),
            dict(type='ScheduledAttributeHook', target='heads.id.scale',
                 schedule={1: float('nan')}),
        ],
    )  # fmt: skip
    with pytest.raises(FloatingPointError, match='loss_id'):
        runner.train()
    assert [p.name for p in tmp_path.glob('epoch_*.pth')] == ['epoch_1.pth']


def test_no_checkpoint_of_an_iteration_that_ends_in_nan(tmp_path):
    runner = build_runner(
        tmp_path,
        checkpoint=dict(by_epoch=False),
        custom_hooks=[
            dict(type='InvalidLossHook', interval=50),
            dict(type='ScheduledAttributeHook', target='heads.id.scale',
                 schedule={4: float('nan')}, by_epoch=False),
        ],
    )  # fmt: skip
    with pytest.raises(FloatingPointError, match='iteration 5 .*loss_id'):
        runner.train()
    assert {p.name for p in tmp_path.glob('*.pth')} == {
        f'iter_{number}.pth' for number in (1, 2, 3, 4)
    }
