# FDR (our reading, see the neck), to be put into any model with a BNNeck:
# dependencies between parts, the same in both modalities; every part tells the
# identity. Use it next to a leaf: model = dict(neck=_base_.fdr_neck,
#     heads=_base_.fdr_heads)
fdr_neck = dict(type='FineGrainedDependencyReconstruction')
fdr_heads = dict(
    parts=dict(type='PartIdentityHead'),
    dependencies=dict(
        type='MetricLossHead',
        feature='dependencies',
        loss=dict(type='HeteroCenter', average=True),
    ),
)
