# Table V of the paper: permutation recovery and cycle contrast.
_base_ = './mmgl_r50_48v48i-100e_sysu-288x144.py'

model = dict(heads=dict(position=None))
