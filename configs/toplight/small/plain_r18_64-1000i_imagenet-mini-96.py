# What all adaptations start from.
_base_ = [
    '../../_base_/models/plain_r18.py',
    '../../_base_/datasets/imagenet_mini_96.py',
    '../../_base_/schedules/sgd_cosine_1000i.py',
    '../../_base_/iteration_runtime.py',
]
