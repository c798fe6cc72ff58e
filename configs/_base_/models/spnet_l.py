# SPNet-L: ConvNeXt-B, two refinements, separate heads, 2048 dimensions for
# re-identification.
_base_ = './spnet_s.py'

model = dict(
    backbone=dict(
        backbone=dict(
            arch='base',
            drop_path_rate=0.5,
            init_cfg=dict(
                checkpoint='https://mmassets.onedl.ai/mmclassification/v0/'
                'convnext/convnext-base_32xb128_in1k_20221207-fbdb5eb9.pth'
            ),
        )
    ),
    roi_head=dict(reid_dim=2048, shared=False),
    num_refinements=2,
)
