# What pre-training alone is worth: tools/test.py tests the pooled features of a
# pre-trained backbone as they are. Training is 50 steps at learning rate
# 0, for a checkpoint of random weights, whose batch norms know their inputs, to
# compare with.
_base_ = [
    '../../_base_/models/plain_r18.py',
    '../../_base_/datasets/regdb_96x48.py',
    '../../_base_/schedules/sgd_600i.py',
    '../../_base_/default_runtime.py',
]

model = dict(
    backbone=dict(specific='stem', backbone=dict(strides=(1, 2, 2, 1)))
)
train_dataloader = dict(batch_sampler=dict(num_batches=50))
optim_wrapper = dict(optimizer=dict(lr=0.0))
param_scheduler = []
train_cfg = dict(max_epochs=1)
test_evaluator = dict(features=['global'])
val_evaluator = test_evaluator
