_base_ = [
    '../agw/agw_mobilenetv3-s_p8k4-400i_regdb-96x48-top.py',
    '../../../_base_/models/fdr.py',
]

# The map of a 96x48 image has three rows.
model = dict(
    neck=dict(type='FineGrainedDependencyReconstruction', num_parts=3),
    heads=dict(
        parts=dict(type='PartIdentityHead', num_parts=3),
        dependencies=_base_.fdr_heads.dependencies,
    ),
)
