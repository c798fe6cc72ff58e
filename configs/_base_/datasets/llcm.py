# LLCM: train on 713 identities, test on 351.
_base_ = ['./loaders.py']

dataset_type = 'LLCM'
data_root = '{{$LLCM_ROOT:data/llcm}}'
train_dataloader = dict(
    dataset=dict(type=dataset_type, data_root=data_root, split='train')
)
test_dataloader = dict(
    dataset=dict(type=dataset_type, data_root=data_root, split='test')
)
val_dataloader = test_dataloader
test_evaluator = dict(
    type='CrossModalityRetrievalMetric',
    protocol=dict(type='LLCMProtocol'),
)
val_evaluator = test_evaluator
