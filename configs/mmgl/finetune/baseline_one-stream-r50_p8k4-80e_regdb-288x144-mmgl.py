# Fine-tuning from MMGL: only the backbone is carried over.
_base_ = '../../baseline/baseline_one-stream-r50_p8k4-80e_regdb-288x144.py'

model = dict(
    backbone=dict(
        init_cfg=dict(
            type='Pretrained',
            checkpoint='{{$MMGL_CHECKPOINT:work_dirs/mmgl_one-stream-r50_48v48i-100e_regdb-288x144/epoch_100.pth}}',
            prefix='backbone.',
        ),
        backbone=dict(init_cfg=None),
    )
)
