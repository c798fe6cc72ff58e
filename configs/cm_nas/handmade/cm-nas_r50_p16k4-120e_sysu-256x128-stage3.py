# The norms of stage 3 separate.
_base_ = '../cm-nas_r50_p16k4-120e_sysu-256x128.py'

model = dict(
    backbone=dict(
        specific=dict(_delete_=True, type='NormsWithin', parts=['layer3'])
    )
)
