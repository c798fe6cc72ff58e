"""What the parts of a body have to do with each other."""

import torch
from torch import Tensor, nn

from mmvireid.models.precision import at_least_float32, without_autocast
from mmvireid.registry import MODELS

from .bn_neck import BNNeck


@MODELS.register_module()
class FineGrainedDependencyReconstruction(BNNeck):
    """Rebuilds the parts of an image from a pattern that all images share.

    TOPLight (Yu et al., CVPR 2023) names this module (FDR) and its aim, to
    find dependencies between parts that both modalities share. The text that
    defines it is not at hand: **this is our reading**, not the authors'.

    The map is averaged in horizontal stripes and projected to tokens
    ``T``. Attention among an image's tokens, ``A = softmax(Q K^T / sqrt(d))``,
    says how its parts depend on each other; ``Q``, ``K`` and ``V`` are of
    tokens behind a layer norm, as short tokens would all attend alike. The
    mean of ``A`` over the batch, both modalities together, is the shared
    template ``A*``; in testing it is a running mean. Tokens are rebuilt as
    ``T + gamma (A + A*) / 2 V``, with ``gamma`` starting at 0, and appended
    to the pooled feature. Its losses, ours as well, are in
    ``configs/_base_/models/fdr.py``: every part tells the identity
    (:class:`.PartIdentityHead`), and an identity's mean dependencies are the
    same in both modalities (:class:`.HeteroCenter`).

    Args:
        in_channels (int): Channels of the map; the model passes it.
        num_parts (int): How many stripes, ``n``; the rows of the map are
            shared out as evenly as they go, some to two stripes where they
            do not divide. Defaults to 6.
        part_channels (int): Width of a token, ``d``. Defaults to 128.
        momentum (float): Weight of a batch in the running template. Defaults
            to 0.1.
        pooling (dict): Config of the pooling of the whole map. Defaults to
            GeM.
    """

    def __init__(
        self,
        in_channels: int,
        num_parts: int = 6,
        part_channels: int = 128,
        momentum: float = 0.1,
        pooling: dict | None = None,
    ) -> None:
        super().__init__(in_channels, pooling)
        self.num_parts = num_parts
        self.part_channels = part_channels
        self.momentum = momentum
        self.bn = nn.BatchNorm1d(self.out_channels['bn'])
        self.bn.bias.requires_grad_(False)
        self.reduce = nn.Linear(in_channels, part_channels)
        self.norm = nn.LayerNorm(part_channels)
        self.position = nn.Parameter(torch.zeros(num_parts, part_channels))
        self.query, self.key, self.value = (
            nn.Linear(part_channels, part_channels) for _ in range(3)
        )
        self.gamma = nn.Parameter(torch.zeros(()))
        even = torch.full((num_parts, num_parts), 1 / num_parts)
        self.register_buffer('template', even)

    @property
    def out_channels(self) -> dict:
        """dict[str, int]: The width of each feature."""
        width = self.in_channels + self.num_parts * self.part_channels
        return {
            'map': self.in_channels,
            'global': width,
            'bn': width,
            'parts': self.part_channels,
            'dependencies': self.num_parts**2,
        }

    def init_weights(self) -> None:
        """Draw the positions from N(0, 0.02), the rest as usual."""
        super().init_weights()
        nn.init.normal_(self.position, std=0.02)

    def forward(self, feature_map: Tensor) -> dict:
        """Compute the features of a batch.

        Args:
            feature_map (Tensor): ``(B, C, h, w)``.

        Returns:
            dict[str, Tensor]: ``map``, the input; ``global``, the pooled
            feature and all rebuilt tokens, ``(B, C + n d)``; ``bn``, the same
            after the norm; ``parts``, the rebuilt tokens ``(B, n, d)``;
            ``dependencies``, the attention ``(B, n * n)`` in float32.
        """
        rows = feature_map.mean(dim=3)
        stripes = rows @ self._shares(rows)
        tokens = self.reduce(stripes.transpose(1, 2))
        scaled = self.norm(tokens)
        attention = self._attend(scaled + self.position)
        template = self._template(attention)
        mixed = ((attention + template) / 2).to(tokens.dtype)
        parts = tokens + self.gamma * (mixed @ self.value(scaled))
        pooled = self.pooling(feature_map)
        feature = torch.cat([pooled, parts.flatten(1).to(pooled.dtype)], 1)
        return {
            'map': feature_map,
            'global': feature,
            'bn': self.bn(feature),
            'parts': parts,
            'dependencies': attention.flatten(1),
        }

    def _shares(self, rows: Tensor) -> Tensor:
        """Return what each stripe takes of each row, ``(h, n)``.

        The product with it is adaptive average pooling, which ONNX knows for
        heights only that divide into the stripes.
        """
        height, parts = int(rows.shape[2]), self.num_parts
        starts = [part * height // parts for part in range(parts)]
        ends = [-(-(part + 1) * height // parts) for part in range(parts)]
        shares = [
            [(start <= row < end) / (end - start)
             for start, end in zip(starts, ends, strict=True)]
            for row in range(height)
        ]  # fmt: skip
        return rows.new_tensor(shares)

    def _attend(self, tokens: Tensor) -> Tensor:
        query, key = self.query(tokens), self.key(tokens)
        with without_autocast(tokens):
            query, key = at_least_float32(query), at_least_float32(key)
            scores = query @ key.transpose(1, 2) / self.part_channels**0.5
            return scores.softmax(dim=-1)

    def _template(self, attention: Tensor) -> Tensor:
        """Return the shared dependencies, ``(n, n)``."""
        if not self.training:
            return self.template
        mean = attention.mean(dim=0)
        with torch.no_grad():
            self.template.lerp_(mean.to(self.template.dtype), self.momentum)
        return mean
