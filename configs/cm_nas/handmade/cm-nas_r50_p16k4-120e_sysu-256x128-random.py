# Each norm separate with probability 0.5.
_base_ = '../cm-nas_r50_p16k4-120e_sysu-256x128.py'

model = dict(
    backbone=dict(specific=dict(_delete_=True, type='RandomNorms', seed=0))
)
