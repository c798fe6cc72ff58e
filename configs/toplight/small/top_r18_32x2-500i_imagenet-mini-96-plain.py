# Plain classification goes on, for as many steps and images as TOP has.
_base_ = [
    '../../_base_/models/plain_r18.py',
    '../../_base_/datasets/imagenet_mini_96.py',
    '../../_base_/schedules/sgd_cosine_500i.py',
    '../../_base_/iteration_runtime.py',
]

model = dict(
    backbone=dict(
        specific='stem',
        init_cfg=dict(
            type='Pretrained',
            checkpoint='{{$PLAIN_CHECKPOINT:work_dirs/plain_r18_64-1000i_imagenet-mini-96/iter_1000.pth}}',
            prefix='backbone.',
        ),
    ),
    # The weight makes the mean over both views a sum of two means.
    heads=dict(id=dict(loss_weight=2.0)),
)
train_dataloader = dict(
    batch_size=32, dataset=dict(pipeline=_base_.two_views_pipeline)
)
