# TOPLight, supplement, Table 1b, which names the augmentations and gives their
# probabilities. How strong each is, is a reconstruction.
deform = dict(type='Deform', prob=0.2)
visible_like = dict(
    type='RandomChoice',
    transforms=[
        [dict(type='LinearColorJitter')],
        [dict(type='ChannelShuffle')],
        [dict(type='RGBShift')],
    ],
)
compress = dict(type='Compress', prob=0.2)
defocus = dict(type='Defocus', prob=0.2)
sharpen_gray = dict(type='SharpenGray', prob=1.0)
infrared_like = [compress, defocus, sharpen_gray]
pack = dict(type='PackCrossModalityInputs')
# Two views of what is already cropped.
two_paths = dict(
    type='Views',
    pipelines=[[visible_like, pack], [*infrared_like, pack]],
    modalities=(0, 1),
)
