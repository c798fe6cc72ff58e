_base_ = './mmgl_r50.py'

# Small enough for a CPU: a ResNet-18 of half the width. In 1500 steps the
# likelihood of the true order teaches more than Eq. 4, and so does a mean over
# all stripes that is linear. Convolutions stay as torch makes them: being
# smaller than Kaiming's, they turn sooner.
model = dict(
    backbone=dict(
        backbone=dict(
            depth=18, base_channels=32, stem_channels=32, init_cfg=None
        )
    ),
    neck=dict(pooling=dict(type='GeM', p=1.0)),
    heads=dict(
        permutation=dict(
            loss=dict(_delete_=True, type='PermutationLikelihood')
        )
    ),
)
