# RegDB: a trial is one of ten random halves of the identities to train on.
# Choose it by the environment variable REGDB_TRIAL.
_base_ = ['./loaders.py']

dataset_type = 'RegDB'
data_root = '{{$REGDB_ROOT:data/regdb}}'
trial = {{'$REGDB_TRIAL:1'}}
train_dataloader = dict(
    dataset=dict(
        type=dataset_type, data_root=data_root, split='train', trial=trial
    )
)
test_dataloader = dict(
    dataset=dict(
        type=dataset_type, data_root=data_root, split='test', trial=trial
    )
)
val_dataloader = test_dataloader
test_evaluator = dict(
    type='CrossModalityRetrievalMetric',
    protocol=dict(type='RegDBProtocol', directions=('v2t', 't2v')),
)
val_evaluator = test_evaluator
