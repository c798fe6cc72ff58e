# Table V of the paper: permutation recovery and cycle contrast.
_base_ = './mmgl_r18_48v48i-1500i_regdb-96x48.py'

model = dict(
    heads=dict(
        _delete_=True,
        permutation=dict(type='GumbelSinkhornHead', num_stripes=6),
        cycle=dict(type='PartCycleContrastHead'),
    ),
)
