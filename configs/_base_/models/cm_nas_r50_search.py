# The search of CM-NAS: every norm is mixed of a shared and a separate one. Use
# it next to a data set and a schedule whose optimizer is the network's.
_base_ = './cm_nas_r50.py'

model = dict(
    backbone=dict(
        _delete_=True,
        type='NormSearchTwoStream',
        backbone=_base_.model.backbone.backbone,
    )
)
# In a step of the architecture the network's weights have no gradient, and the
# other way round.
find_unused_parameters = True
