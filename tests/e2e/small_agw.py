"""A config of AGW on a toy set, small enough for a test."""

from pathlib import Path

CONFIGS = Path(__file__).parents[2] / 'configs'

TEXT = """
_base_ = '{configs}/agw/agw_r18_p8k4-400i_regdb-96x48.py'

model = dict(backbone=dict(backbone=dict(stem_channels=8, base_channels=8)))
loader = dict(num_workers=0, persistent_workers=False)
train_dataloader = dict(
    batch_size=8,
    dataset=dict(data_root='{root}'),
    batch_sampler=dict(num_ids=2, num_instances=2, num_batches=3),
    **loader,
)
val_dataloader = dict(dataset=dict(data_root='{root}'), **loader)
# An odd number, so that two processes get unequal shares.
test_dataloader = dict(
    batch_size=4, dataset=dict(data_root='{root}', indices=31), **loader
)
train_cfg = dict(max_epochs=2, val_interval=2)
"""


def write_config(folder: Path, root: Path) -> str:
    """Write the config for the toy set at ``root``; return its path."""
    path = Path(folder) / 'small_agw.py'
    path.write_text(TEXT.format(configs=CONFIGS, root=root))
    return str(path)
