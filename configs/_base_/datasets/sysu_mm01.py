# SYSU-MM01: train on the 395 identities of train_id and val_id, test on 96.
_base_ = ['./loaders.py']

dataset_type = 'SYSUMM01'
data_root = '{{$SYSU_ROOT:data/sysu_mm01}}'
train_dataloader = dict(
    dataset=dict(type=dataset_type, data_root=data_root, split='trainval')
)
test_dataloader = dict(
    dataset=dict(type=dataset_type, data_root=data_root, split='test')
)
val_dataloader = test_dataloader
# one pass over the images gives all four settings: all and indoor search,
# single-shot and multi-shot, ten random galleries each
test_evaluator = dict(
    type='CrossModalityRetrievalMetric',
    protocol=dict(
        type='SYSUProtocol',
        modes=('all', 'indoor'),
        shots=(1, 10),
        trials=10,
        gallery_selection='seed',
    ),
)
val_evaluator = test_evaluator
