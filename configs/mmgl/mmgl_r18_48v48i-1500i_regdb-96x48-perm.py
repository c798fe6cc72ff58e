# Table V of the paper: permutation recovery alone.
_base_ = './mmgl_r18_48v48i-1500i_regdb-96x48.py'

model = dict(
    neck=dict(_delete_=True, type='PoolingNeck'),
    heads=dict(
        _delete_=True,
        permutation=dict(type='GumbelSinkhornHead', num_stripes=6),
    ),
)
