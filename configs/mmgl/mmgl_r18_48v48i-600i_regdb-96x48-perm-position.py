# Table V of the paper: permutation recovery and positions.
_base_ = './mmgl_r18_48v48i-600i_regdb-96x48.py'

model = dict(heads=dict(cycle=None))
