"""Shuffling the stripes of images."""

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from mmvireid.registry import MODELS


@MODELS.register_module()
class StripePermutation:
    """Cuts images into horizontal stripes and shuffles these.

    MMGL, Sec. III-B: slot ``j`` of a shuffled image shows the original
    stripe ``p[j]``. In training one permutation is drawn for each pair of
    the batch's i-th visible and i-th infrared image, independently of the
    other pairs. In validation each image has one of its own, which depends
    on its ``sample_idx`` alone, so that scores can be compared.

    The permutation travels with the data sample, as the field
    ``permutation`` ``(n,)``.

    Args:
        num_stripes (int): ``n``, at least 2. Defaults to 6.
        phases (Sequence[str]): When to shuffle, any of ``'train'`` and
            ``'val'``. Defaults to both.

    Raises:
        ValueError: If there are fewer than two stripes.
    """

    def __init__(
        self, num_stripes: int = 6, phases: Sequence = ('train', 'val')
    ) -> None:
        if num_stripes < 2:
            raise ValueError(
                f'num_stripes must be at least 2, but it is {num_stripes}.'
            )
        self.num_stripes = num_stripes
        self.phases = tuple(phases)

    def __call__(
        self,
        inputs: Tensor,
        data_samples: list,
        num_visible: int,
        training: bool,
    ) -> Tensor:
        """Shuffle a batch.

        Args:
            inputs (Tensor): ``(B, 3, H, W)``, visible first; ``H`` must
                divide by the number of stripes.
            data_samples (list[DataSample]): Their samples; each gets the
                field ``permutation``.
            num_visible (int): How many are visible; half of them in
                training.
            training (bool): Whether to draw for pairs or for each image.

        Returns:
            Tensor: The shuffled images, a new tensor.

        Raises:
            ValueError: If the height does not divide, or in training there
                are not as many visible as infrared images.
        """
        self._check_height(*inputs.shape[-2:])
        if training:
            permutations = self._of_pairs(inputs, num_visible)
        else:
            permutations = self._of_images(data_samples).to(inputs.device)
        for sample, permutation in zip(
            data_samples, permutations, strict=True
        ):
            sample.set_field(permutation, 'permutation')
        return shuffle_stripes(inputs, permutations)

    def _of_pairs(self, inputs: Tensor, num_visible: int) -> Tensor:
        if 2 * num_visible != len(inputs):
            raise ValueError(
                'StripePermutation shuffles pairs of a visible and an '
                f'infrared image alike, but the batch has {num_visible} '
                f'visible and {len(inputs) - num_visible} infrared images. '
                "Use batch_sampler=dict(type='UnlabelledPairBatchSampler')."
            )
        keys = torch.rand(num_visible, self.num_stripes, device=inputs.device)
        return keys.argsort(dim=1).repeat(2, 1)

    def _of_images(self, data_samples: list) -> Tensor:
        drawn = [
            np.random.default_rng(sample.sample_idx).permutation(
                self.num_stripes
            )
            for sample in data_samples
        ]
        return torch.from_numpy(np.stack(drawn))

    def _check_height(self, height: int, width: int) -> None:
        if height % self.num_stripes == 0:
            return
        lower = height // self.num_stripes * self.num_stripes
        fitting = [
            size for size in (lower, lower + self.num_stripes) if size > 0
        ]
        raise ValueError(
            f'Images of {height}x{width} (height x width) do not divide into '
            f'{self.num_stripes} stripes. Heights that do: {fitting}. The '
            'rows of the feature map must divide as well: see that the '
            f'height is a multiple of {self.num_stripes} times the stride of '
            'the backbone, such as 384x192 for stride 32, 288x144 or 96x48 '
            'for stride 16 (ResNet with last stride 1), and 6 stripes.'
        )


def shuffle_stripes(images: Tensor, permutations: Tensor) -> Tensor:
    """Rearrange horizontal stripes.

    Args:
        images (Tensor): ``(B, C, H, W)``.
        permutations (Tensor): ``(B, n)``; ``n`` divides ``H``.

    Returns:
        Tensor: ``(B, C, H, W)``, whose stripe ``j`` is the given stripe
        ``permutations[:, j]``.
    """
    stripes = images.unflatten(2, (permutations.shape[1], -1))
    index = permutations[:, None, :, None, None].expand_as(stripes)
    return stripes.gather(2, index).flatten(2, 3)
