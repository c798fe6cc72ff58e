_base_ = ['./scene_loaders.py', './pipelines_scenes_512.py']

dataset_type = 'PRW'
data_root = '{{$PRW_ROOT:data/prw}}'
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
        name='prw',
        ann_files=dict(all=data_root + '/annotations/test_all.json'),
        cameras=('any', 'same', 'cross'),
    ),
)
val_evaluator = test_evaluator
