# Half the width, and 15 epochs instead of 6. Convolutions stay as torch makes
# them: being smaller than Kaiming's, they turn sooner.
_base_ = './mmgl_r18_48v48i-600i_regdb-96x48.py'

model = dict(
    backbone=dict(
        backbone=dict(base_channels=32, stem_channels=32, init_cfg=None)
    )
)
param_scheduler = [
    dict(type='LinearLR', start_factor=0.1, end=100, by_epoch=False),
    dict(type='CosineAnnealingLR', begin=100, end=1500, by_epoch=False),
]
train_cfg = dict(max_epochs=15)
