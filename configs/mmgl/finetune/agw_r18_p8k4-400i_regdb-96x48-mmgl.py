# Fine-tuning from MMGL: only the backbone is carried over.
_base_ = '../../agw/agw_r18_p8k4-400i_regdb-96x48.py'

model = dict(
    backbone=dict(
        init_cfg=dict(
            type='Pretrained',
            checkpoint='{{$MMGL_CHECKPOINT:work_dirs/mmgl_r18_48v48i-600i_regdb-96x48/epoch_6.pth}}',
            prefix='backbone.',
        ),
    )
)
