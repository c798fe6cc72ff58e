# Table V of the paper: permutation recovery alone.
_base_ = './mmgl_r18_48v48i-600i_regdb-96x48.py'

model = dict(
    neck=dict(
        _delete_=True,
        type='PoolingNeck',
        pooling=dict(type='GeM', p=1.0),
    ),
    heads=dict(cycle=None, position=None),
)
