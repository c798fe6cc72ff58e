_base_ = './agw_r50_top.py'

# FDR (our reading, see the neck): dependencies between parts, the same in both
# modalities; every part tells the identity.
model = dict(
    neck=dict(
        _delete_=True,
        type='FineGrainedDependencyReconstruction',
        pooling=dict(type='GeM'),
    ),
    heads=dict(
        parts=dict(type='PartIdentityHead'),
        dependencies=dict(
            type='MetricLossHead',
            feature='dependencies',
            loss=dict(type='HeteroCenter', average=True),
        ),
    ),
)
