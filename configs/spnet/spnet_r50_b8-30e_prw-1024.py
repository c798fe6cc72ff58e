_base_ = [
    '../_base_/models/spnet_r50.py',
    '../_base_/datasets/prw_1024.py',
    '../_base_/schedules/adamw_spnet_prw.py',
    '../_base_/default_runtime.py',
]

model = dict(roi_head=dict(loss_reid=dict(queue_size=500)))
