_base_ = [
    '../_base_/models/cm_nas_r50.py',
    '../_base_/datasets/regdb_cm_nas_256x128.py',
    '../_base_/schedules/adam_120e.py',
    '../_base_/default_runtime.py',
]

# interval=0 switches the restarts off.
default_hooks = dict(
    ema_restart=dict(type='EMARestartHook', decay=0.968, interval=10)
)
