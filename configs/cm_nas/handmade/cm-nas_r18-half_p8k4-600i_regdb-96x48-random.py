# Each norm separate with probability 0.5.
_base_ = '../cm-nas_r18-half_p8k4-600i_regdb-96x48.py'

model = dict(
    backbone=dict(specific=dict(_delete_=True, type='RandomNorms', seed=0))
)
