# MMGL: the order of shuffled stripes is recovered (L_perm), stripes of the two
# modalities are contrasted (L_pcc), and the position of each is classified.
# The encoder is that of AGW, from random weights. Residual branches that start
# as zeros (mmpretrain's default) delay the learning by hundreds of steps.
num_stripes = 6
model = dict(
    type='CrossModalityModel',
    data_preprocessor=dict(
        type='CrossModalityDataPreprocessor',
        batch_augments=[
            dict(type='StripePermutation', num_stripes=num_stripes)
        ],
    ),
    backbone=dict(
        type='TwoStream',
        specific='stem',
        backbone=dict(
            type='NonLocalResNet', depth=50, zero_init_residual=False
        ),
    ),
    neck=dict(type='PartNeck', num_parts=num_stripes),
    heads=dict(
        permutation=dict(
            type='GumbelSinkhornHead',
            num_stripes=num_stripes,
            loss=dict(type='PermutationRanking'),
        ),
        cycle=dict(
            type='PartCycleContrastHead',
            loss=dict(type='PartCycleContrast', temperature=0.07),
            trade_off=0.2,
        ),
        position=dict(type='PatchPositionHead', num_stripes=num_stripes),
    ),
    test_cfg=dict(features=['global']),
)
