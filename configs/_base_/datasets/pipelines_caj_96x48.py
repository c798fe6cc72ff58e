# CAJ (Ye et al., ICCV 2021): each visible image gives two views with crops and
# flips of their own, the second with exchanged channels; an infrared image one.
# Use it next to a data set: train_dataloader = dict(
#     dataset=dict(pipeline=_base_.caj_train_pipeline))
caj_crop = [
    dict(type='mmpretrain.RandomCrop', crop_size=(96, 48), padding=4),
    dict(type='RandomFlip', prob=0.5),
    dict(type='ChannelRandomErasing'),
]
caj_pack = dict(type='PackCrossModalityInputs')
caj_train_pipeline = [
    dict(type='LoadImageFromFile'),
    dict(type='Resize', scale=(48, 96)),
    dict(
        type='ForModality',
        visible=[
            dict(
                type='Views',
                pipelines=[
                    [*caj_crop, caj_pack],
                    [*caj_crop, dict(type='ChannelExchange'), caj_pack],
                ],
            )
        ],
        infrared=[*caj_crop, dict(type='ChannelAdaptiveGray'), caj_pack],
    ),
]
