# Table V of the paper: permutation recovery and cycle contrast.
_base_ = './mmgl_r18-half_48v48i-1500i_regdb-96x48.py'

model = dict(heads=dict(position=None))
