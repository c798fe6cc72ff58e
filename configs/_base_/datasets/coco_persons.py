# Pre-training: two views of each image, validation by search in CUHK-SYSU.
_base_ = ['./scene_loaders.py', './pipelines_scenes_512.py']

data_root = '{{$COCO_ROOT:data/coco}}'
val_root = '{{$CUHK_SYSU_ROOT:data/cuhk_sysu}}'
train_dataloader = dict(
    drop_last=False,
    sampler=dict(_delete_=True, type='RepeatSampler', repeats=2),
    dataset=dict(
        type='COCOPersons',
        data_root=data_root,
        split='train',
        pipeline=_base_.rrc_scale_512,
    ),
)
val_dataloader = dict(
    dataset=dict(
        type='CUHKSYSU',
        data_root=val_root,
        split='minival',
        pipeline=_base_.wrs_900,
    )
)
test_dataloader = val_dataloader
val_evaluator = dict(
    type='PersonSearchMetric',
    protocol=dict(
        type='PersonSearchProtocol',
        name='cuhk_sysu',
        ann_files=dict(minival=val_root + '/annotations/minival_all.json'),
    ),
)
test_evaluator = val_evaluator
