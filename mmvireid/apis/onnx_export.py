"""The test path of a model as an ONNX graph."""

from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from mmvireid.structures import MODALITIES
from mmvireid.utils.atomic import unfinished
from mmvireid.utils.optional import require


class OneModality(nn.Module):
    """Features of images of one modality, from pixels to unit vectors.

    Args:
        model (CrossModalityModel): The model.
        modality (str): ``'visible'`` or ``'infrared'``.
        feature (str): Which of the model's features. Defaults to ``'bn'``.

    Raises:
        ValueError: If there is no such modality or feature, or the model
            averages with the features of mirrored images.
    """

    def __init__(
        self, model: nn.Module, modality: str, feature: str = 'bn'
    ) -> None:
        super().__init__()
        if modality not in MODALITIES:
            raise ValueError(
                f"modality must be one of {MODALITIES}, not '{modality}'."
            )
        if feature not in model.neck.out_channels:
            raise ValueError(
                f"The model has no feature '{feature}'; it gives "
                f'{sorted(model.neck.out_channels)}.'
            )
        if model.flip:
            raise ValueError(
                'The graph gives the features of images as they are, but '
                'test_cfg.flip averages them with those of mirrored ones. '
                'Switch it off by model.test_cfg.flip=False.'
            )
        self.model = model
        self.visible = modality == 'visible'
        self.feature = feature
        preprocessor = model.data_preprocessor
        self.flip_channels = preprocessor._channel_conversion
        self.register_buffer('mean', preprocessor.mean)
        self.register_buffer('std', preprocessor.std)

    def forward(self, images: Tensor) -> Tensor:
        """Compute the features.

        Args:
            images (Tensor): ``(B, 3, H, W)`` float32, BGR in 0..255.

        Returns:
            Tensor: ``(B, C)`` unit vectors.
        """
        if self.flip_channels:
            images = images.flip(1)
        images = (images - self.mean) / self.std
        num_visible = len(images) if self.visible else 0
        features = self.model.extract(images, num_visible)
        return F.normalize(features[self.feature])


def export_onnx(
    model: nn.Module,
    path: str | Path,
    modality: str,
    image_size: tuple[int, int],
    feature: str = 'bn',
    batch_size: int | None = None,
    tolerance: float = 1e-4,
) -> float:
    """Write the graph of one modality and check it against the model.

    The graph takes ``images``, ``(B, 3, H, W)`` float32, BGR in 0..255 and
    already of the test pipeline's size; it gives ``features``, ``(B, C)`` unit
    vectors.

    Args:
        model (CrossModalityModel): The model, with its weights, on the CPU;
            it is put to evaluation mode.
        path (str | Path): The ``.onnx`` file to write.
        modality (str): ``'visible'`` or ``'infrared'``: each has a graph.
        image_size (tuple[int, int]): ``(H, W)``.
        feature (str): Which of the model's features. Defaults to ``'bn'``.
        batch_size (int, optional): A fixed number of images, for backbones
            whose trace holds it (Swin). Defaults to None: any number.
        tolerance (float): How far the features may differ. Defaults to 1e-4.

    Returns:
        float: The largest difference between the graph's features and the
        model's, on random images.

    Raises:
        ImportError: If onnx or onnxruntime is not installed.
        RuntimeError: If they differ by more than the tolerance.
    """
    require('onnx')
    onnxruntime = require('onnxruntime')
    module = OneModality(model, modality, feature).eval()
    images = 255 * torch.rand(batch_size or 2, 3, *image_size)
    batch = {0: 'batch'}
    dynamic = None if batch_size else dict(images=batch, features=batch)
    with unfinished(path) as unchecked:
        torch.onnx.export(
            module,
            (images,),
            str(unchecked),
            input_names=['images'],
            output_names=['features'],
            dynamic_axes=dynamic,
            dynamo=False,
        )
        session = onnxruntime.InferenceSession(
            str(unchecked), providers=['CPUExecutionProvider']
        )
        # Where any number is allowed, another than the one that was traced.
        images = 255 * torch.rand(batch_size or 3, 3, *image_size)
        with torch.no_grad():
            expected = module(images)
        (found,) = session.run(['features'], {'images': images.numpy()})
        difference = float((torch.from_numpy(found) - expected).abs().max())
        if not difference <= tolerance:
            raise RuntimeError(
                f'The graph of "{path}" gives features that differ from the '
                f"model's by {difference:.1e}, more than {tolerance:.0e}. "
                'Some backbones, such as Swin, are traced for one number of '
                'images: fix it by batch_size.'
            )
    return difference
