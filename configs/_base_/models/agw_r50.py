_base_ = './two_stream_r50.py'

# AGW: non-local attention, generalised-mean pooling and the weighted
# regularised triplet (Ye et al., TPAMI 2021).
model = dict(
    backbone=dict(backbone=dict(type='NonLocalResNet')),
    neck=dict(pooling=dict(type='GeM')),
    heads=dict(
        triplet=dict(
            loss=dict(_delete_=True, type='WeightedRegularizedTriplet')
        )
    ),
)
