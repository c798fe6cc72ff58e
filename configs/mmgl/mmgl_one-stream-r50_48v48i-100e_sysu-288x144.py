# The encoder of the one-stream baseline, without attention.
_base_ = './mmgl_r50_48v48i-100e_sysu-288x144.py'

model = dict(
    backbone=dict(specific=[], backbone=dict(type='mmpretrain.ResNet'))
)
