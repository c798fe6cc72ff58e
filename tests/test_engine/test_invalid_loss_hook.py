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
