# CM-NAS (Fu et al., ICCV 2021): all convolutions shared, and the norms that a
# search has chosen separate. CM_NAS_ARCHITECTURE names the search's result.
_base_ = './two_stream_r50.py'

model = dict(
    backbone=dict(
        specific=dict(
            _delete_=True,
            type='NormArchitecture',
            file='{{$CM_NAS_ARCHITECTURE:work_dirs/cm-nas-search/architecture.json}}',
        )
    ),
    heads=dict(
        triplet=dict(
            loss=dict(_delete_=True, type='CrossModalityTriplet', margin=0.4)
        ),
        correlation=dict(
            type='MetricLossHead',
            feature='bn',
            loss=dict(type='CorrelationConsistency'),
            loss_weight=5.0,
        ),
        discrepancy=dict(
            type='MetricLossHead',
            feature='bn',
            loss=dict(type='ClassMMD'),
            loss_weight=0.05,
        ),
    ),
)
