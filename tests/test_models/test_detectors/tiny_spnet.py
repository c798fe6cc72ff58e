"""A small SPNet and scenes for it."""

import torch
from mmdet.structures import DetDataSample
from mmengine.registry import init_default_scope
from mmengine.structures import InstanceData

from mmvireid.registry import MODELS

DIM = 16
BACKBONES = dict(
    convnext=dict(
        type='RawConvNeXt',
        arch=dict(depths=[1] * 4, channels=[8, 8, 16, 16]),
        out_indices=[1, 2, 3],
    ),
    resnet=dict(
        type='mmpretrain.ResNet',
        depth=18,
        stem_channels=8,
        base_channels=8,
        strides=(1, 2, 2, 2),
        out_indices=(1, 2, 3),
    ),
    swin=dict(
        type='mmpretrain.SwinTransformer',
        arch=dict(embed_dims=8, depths=[1] * 4, num_heads=[1] * 4),
        norm_cfg=None,
        out_indices=(1, 2, 3),
        drop_path_rate=0.0,
    ),
)
NECK = dict(
    type='mmdet.FPN',
    num_outs=5,
    add_extra_convs='on_input',
    relu_before_extra_convs=True,
)


def config(
    backbone='convnext', specific=(), head=None, roi=None, **options
) -> dict:
    return dict(
        dict(
            type='SPNet',
            backbone=dict(
                type='TwoStream',
                specific=list(specific),
                backbone=BACKBONES[backbone],
            ),
            neck=NECK,
            bbox_head={'type': 'SwapPathHead', 'dim': DIM, **(head or {})},
            roi_head={
                'type': 'PersonRoIHead',
                'reid_dim': DIM,
                **(roi or {}),
            },
            num_identities=4,
        ),
        **options,
    )


def build(*args, seed=0, **options):
    init_default_scope('mmvireid')
    torch.manual_seed(seed)
    model = MODELS.build(config(*args, **options))
    model.init_weights()
    return model.train()


def query_path(**options):
    return dict(path=dict(type='QueryPath', **options))


def scene(
    ids, size=(64, 96), modality=0, img_id=0, scale=(1.0, 1.0), seed=0
) -> dict:
    """A scene of noise with boxes of persons."""
    generator = torch.Generator().manual_seed(seed + 100 * img_id)
    height, width = size
    number = len(ids)
    corners = torch.rand(number, 2, generator=generator)
    corners *= torch.tensor([width / 2, height / 2])
    sides = torch.rand(number, 2, generator=generator) * 20 + 20
    sample = DetDataSample(
        metainfo=dict(
            img_id=img_id,
            img_path=f'{img_id}.jpg',
            img_shape=size,
            ori_shape=(round(size[0] / scale[1]), round(size[1] / scale[0])),
            scale_factor=scale,
            modality=modality,
        )
    )
    boxes = torch.cat((corners, corners + sides), dim=1)
    limits = torch.tensor([width, height] * 2)
    sample.gt_instances = InstanceData(
        bboxes=torch.minimum(boxes, limits.float()),
        labels=torch.zeros(number).long(),
        person_ids=torch.tensor(ids).long(),
        is_known=torch.tensor([i < 4 for i in ids]).bool(),
    )
    image = torch.randint(256, (3, *size), generator=generator).byte()
    return dict(inputs=image, data_samples=sample)


def collate(*scenes) -> dict:
    return {
        key: [one[key] for one in scenes] for key in ('inputs', 'data_samples')
    }


def losses_of(model, *scenes):
    batch = model.data_preprocessor(collate(*scenes), training=True)
    return model(**batch, mode='loss')


def total_of(model, *scenes):
    return model.parse_losses(losses_of(model, *scenes))[0]


def predict(model, *scenes):
    model.eval()
    batch = model.data_preprocessor(collate(*scenes), training=False)
    return model(**batch, mode='predict')
