_base_ = './mmgl_r18.py'

# Half the width. Convolutions stay as torch makes them: being smaller than
# Kaiming's, they turn sooner.
model = dict(
    backbone=dict(
        backbone=dict(base_channels=32, stem_channels=32, init_cfg=None)
    )
)
