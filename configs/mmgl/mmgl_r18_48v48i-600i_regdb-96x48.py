_base_ = [
    '../_base_/models/mmgl_r18.py',
    '../_base_/datasets/regdb_mmgl_96x48.py',
    '../_base_/schedules/sgd_cosine_600i.py',
    '../_base_/default_runtime.py',
]

default_hooks = dict(
    checkpoint=dict(save_best='permutation/position', rule='greater')
)
custom_hooks = [
    *_base_.custom_hooks,
    dict(type='PermutationVisualizationHook'),
]
train_dataloader = dict(batch_sampler=dict(num_batches=100))
