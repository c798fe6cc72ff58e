"""Padding and normalising of scenes."""

import torch
from tiny_spnet import collate, scene

from mmvireid.models.detectors import PersonSearchDataPreprocessor


def test_pads_with_the_mean_colour_to_multiples_of_32():
    scenes = collate(
        scene([0], size=(40, 96), modality=1), scene([1], size=(65, 20))
    )
    images = [image.clone() for image in scenes['inputs']]
    out = PersonSearchDataPreprocessor()(scenes)
    assert out['inputs'].shape == (2, 3, 96, 96)
    assert [s.modality for s in out['data_samples']] == [1, 0]
    assert [s.pad_shape for s in out['data_samples']] == [(64, 96), (96, 32)]
    mean = torch.tensor([123.675, 116.28, 103.53])[:, None, None]
    std = torch.tensor([58.395, 57.12, 57.375])[:, None, None]
    for image, padded, size in zip(
        images, out['inputs'], ((40, 96), (65, 20)), strict=True
    ):
        height, width = size
        wanted = (image.flip(0) - mean) / std
        assert torch.allclose(padded[:, :height, :width], wanted, atol=1e-5)
        assert not padded[:, height:].any()
        assert not padded[:, :, width:].any()
