"""SPNet's anchors, which are torchvision's."""

from collections.abc import Sequence

import torch
from mmdet.models.task_modules import AnchorGenerator
from torch import Tensor

from mmvireid.registry import TASK_UTILS


@TASK_UTILS.register_module()
class SPNetAnchorGenerator(AnchorGenerator):
    """Anchors with whole-numbered sizes and corners.

    They follow torchvision's RetinaNet in what mmdet does otherwise: the
    three sizes of a level are cut to integers, the corners around the centre
    are rounded, and the stride is that of the padded image at hand, its size
    floor-divided by that of the map. For an image of 1504x864 the last
    two levels have strides of 62 and 61, and of 125 and 123, not 64 and 128.

    Args:
        strides (Sequence[int]): Nominal strides of the levels; only their
            number counts.
        base_sizes (Sequence[int]): The smallest anchor of each level, in
            pixels. Defaults to 32, 64, 128, 256, 512.
        ratios (Sequence[float]): Heights over widths. Defaults to 0.5, 1, 2.
        scales_per_octave (int): How many sizes a level has. Defaults to 3.
    """

    def __init__(
        self,
        strides: Sequence[int] = (8, 16, 32, 64, 128),
        base_sizes: Sequence[int] = (32, 64, 128, 256, 512),
        ratios: Sequence[float] = (0.5, 1.0, 2.0),
        scales_per_octave: int = 3,
    ) -> None:
        super().__init__(
            strides=list(strides),
            base_sizes=list(base_sizes),
            ratios=list(ratios),
            octave_base_scale=1,
            scales_per_octave=scales_per_octave,
        )

    def gen_single_level_base_anchors(
        self,
        base_size: int,
        scales: Tensor,
        ratios: Tensor,
        center: tuple | None = None,
    ) -> Tensor:
        """Make the anchors around the origin, for one level.

        Args:
            base_size (int): The smallest size, in pixels.
            scales (Tensor): ``(S,)`` factors of the size.
            ratios (Tensor): ``(R,)`` heights over widths.
            center (tuple, optional): Not looked at: the origin.

        Returns:
            Tensor: ``(R * S, 4)``, ratio-major.
        """
        # In double precision: 64 must not become 63.
        factors = [
            2 ** (i / self.scales_per_octave) for i in range(len(scales))
        ]
        sizes = scales.new_tensor([int(base_size * f) for f in factors])
        roots = torch.sqrt(ratios)
        widths = ((1 / roots)[:, None] * sizes).flatten()
        heights = (roots[:, None] * sizes).flatten()
        corners = torch.stack([-widths, -heights, widths, heights], dim=1)
        return (corners / 2).round()

    def image_priors(
        self,
        map_sizes: Sequence[tuple],
        image_size: tuple,
        device: torch.device | str = 'cpu',
    ) -> Tensor:
        """Lay the anchors over an image.

        Args:
            map_sizes (Sequence[tuple[int]]): ``(h, w)`` of each level's map.
            image_size (tuple[int]): ``(H, W)`` of the padded image.
            device (torch.device | str): Where the anchors shall be.

        Returns:
            Tensor: ``(A, 4)`` corners, in the order of levels, rows, columns
            and kinds; not clipped.

        Raises:
            ValueError: If the number of levels is another.
        """
        if len(map_sizes) != self.num_levels:
            raise ValueError(
                f'The anchors are made for {self.num_levels} levels, but '
                f'there are {len(map_sizes)} maps. Set base_sizes and strides '
                'of the anchor generator to the number of maps of the neck.'
            )
        levels = [
            self._level(base.to(device), map_size, image_size)
            for base, map_size in zip(
                self.base_anchors, map_sizes, strict=True
            )
        ]
        return torch.cat(levels)

    def _level(
        self, base: Tensor, map_size: tuple, image_size: tuple
    ) -> Tensor:
        (rows, columns), (height, width) = map_size, image_size
        x = torch.arange(columns, device=base.device) * (width // columns)
        y = torch.arange(rows, device=base.device) * (height // rows)
        x, y = self._meshgrid(x, y)
        centers = torch.stack([x, y, x, y], dim=1)
        return (centers[:, None] + base).reshape(-1, 4)
