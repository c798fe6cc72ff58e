_base_ = ['./scene_loaders.py', './pipelines_scenes_512.py']

dataset_type = 'CUHKSYSU'
data_root = '{{$CUHK_SYSU_ROOT:data/cuhk_sysu}}'
train_dataloader = dict(
    dataset=dict(
        type=dataset_type,
        data_root=data_root,
        split='trainval',
        pipeline=_base_.rrc2_512,
    )
)
test_dataloader = dict(
    dataset=dict(
        type=dataset_type,
        data_root=data_root,
        split='test',
        pipeline=_base_.wrs_900,
    )
)
val_dataloader = test_dataloader
test_evaluator = dict(
    type='PersonSearchMetric',
    protocol=dict(
        type='PersonSearchProtocol',
        name='cuhk_sysu',
        ann_files=dict(G100=data_root + '/annotations/test_G100.json'),
    ),
)
val_evaluator = test_evaluator
