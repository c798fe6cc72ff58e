# The encoder of the two-stream baseline, without attention.
_base_ = './mmgl_r50_48v48i-100e_sysu-288x144.py'

model = dict(backbone=dict(backbone=dict(type='mmpretrain.ResNet')))
