# Fine-tuning from MMGL: only the backbone is carried over. Its convolutions
# began as torch makes them, which is smaller than Kaiming's, so that a smaller
# rate turns them as far.
_base_ = '../../agw/agw_r18-half_p8k4-400i_regdb-96x48.py'

model = dict(
    backbone=dict(
        init_cfg=dict(
            type='Pretrained',
            checkpoint='{{$MMGL_CHECKPOINT:work_dirs/mmgl_r18-half_48v48i-1500i_regdb-96x48/epoch_15.pth}}',
            prefix='backbone.',
        ),
    )
)
optim_wrapper = dict(optimizer=dict(lr=0.02))
