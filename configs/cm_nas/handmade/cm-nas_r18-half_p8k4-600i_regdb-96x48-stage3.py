# The norms of stage 3 separate.
_base_ = '../cm-nas_r18-half_p8k4-600i_regdb-96x48.py'

model = dict(
    backbone=dict(
        specific=dict(_delete_=True, type='NormsWithin', parts=['layer3'])
    )
)
