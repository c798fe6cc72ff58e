_base_ = [
    '../_base_/models/spnet_s.py',
    '../_base_/datasets/prw.py',
    '../_base_/schedules/adamw_spnet_prw.py',
    '../_base_/default_runtime.py',
]

model = dict(roi_head=dict(loss_reid=dict(queue_size=500)))
