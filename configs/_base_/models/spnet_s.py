# SPNet-S: ConvNeXt-T, no refinement, shared heads of 128 dimensions.
model = dict(
    type='SPNet',
    data_preprocessor=dict(type='PersonSearchDataPreprocessor'),
    backbone=dict(
        type='TwoStream',
        specific=[],
        backbone=dict(
            type='RawConvNeXt',
            arch='tiny',
            drop_path_rate=0.1,
            out_indices=[1, 2, 3],
            init_cfg=dict(
                type='Pretrained',
                checkpoint='https://mmassets.onedl.ai/mmclassification/v0/'
                'convnext/convnext-tiny_32xb128_in1k_20221207-998cf3e9.pth',
                prefix='backbone',
            ),
        ),
    ),
    neck=dict(
        type='mmdet.FPN',
        num_outs=5,
        add_extra_convs='on_input',
        relu_before_extra_convs=True,
        init_cfg=dict(
            type='Kaiming',
            layer='Conv2d',
            a=1,
            mode='fan_in',
            nonlinearity='leaky_relu',
            distribution='uniform',
        ),
    ),
    bbox_head=dict(
        type='SwapPathHead',
        dim=128,
        logits=dict(type='FixedNormLogits'),
        matcher=dict(type='LowQualityMatcher'),
        path=dict(type='ObjectPath', anchors_per_image=128),
    ),
    roi_head=dict(
        type='PersonRoIHead',
        reid_dim=128,
        shared=True,
        loss_reid=dict(type='OnlineInstanceMatching', queue_size=5000),
    ),
    num_refinements=0,
)
