"""Contrast of what a cycle between the modalities retrieves."""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from mmvireid.models.precision import at_least_float32, without_autocast
from mmvireid.registry import MODELS

EXCLUSIONS = ('none', 'image', 'slot')


@MODELS.register_module()
class PartCycleContrast(nn.Module):
    """MMGL's part-aware cycle contrast (Eq. 5 and 6).

    A patch retrieves a soft nearest neighbour among all patches of the other
    modality, and that one retrieves its own among the patches of the image
    the cycle began in. The two retrieved features attract each other and
    repel those that other patches of the same direction retrieved.

    What the paper leaves open is reconstructed: all retrieved features are
    normalised again before they are compared, nothing is detached, and the
    options below.

    Args:
        temperature (float): Of both retrievals and the contrast. Defaults to
            0.07, the paper's.
        exclude (str): Which negatives are left out: ``'none'``, as the paper
            speaks of instance discrimination; ``'image'``, other patches of
            the same image; ``'slot'``, patches of other images that show
            the same stripe. A reconstruction. Defaults to ``'none'``.
        symmetric (bool): Whether each of the two retrieved features is
            contrasted with all of the other kind, instead of the forward
            ones with the backward ones only. A reconstruction. Defaults to
            True.

    Raises:
        ValueError: If an argument is out of its range.
    """

    def __init__(
        self,
        temperature: float = 0.07,
        exclude: str = 'none',
        symmetric: bool = True,
    ) -> None:
        super().__init__()
        if temperature <= 0:
            raise ValueError(
                f'temperature must be positive, but it is {temperature}.'
            )
        if exclude not in EXCLUSIONS:
            raise ValueError(
                f"exclude must be one of {EXCLUSIONS}, but it is '{exclude}'."
            )
        self.temperature = temperature
        self.exclude = exclude
        self.symmetric = symmetric

    def forward(
        self, parts: Tensor, permutations: Tensor, num_visible: int
    ) -> Tensor:
        """Compute the mean over all patches of both modalities.

        Args:
            parts (Tensor): ``(B, n, d)`` unit vectors, visible images first.
            permutations (Tensor): ``(B, n)``: the stripe that each patch
                shows; looked at for ``exclude='slot'``.
            num_visible (int): How many images are visible.

        Returns:
            Tensor: A scalar, 0 if the batch has one modality only.
        """
        if not 0 < num_visible < len(parts):
            return 0 * at_least_float32(parts).sum()
        with without_autocast(parts):
            parts = at_least_float32(parts)
            visible, infrared = parts[:num_visible], parts[num_visible:]
            slots, other_slots = (
                permutations[:num_visible],
                permutations[num_visible:],
            )
            losses = torch.cat(
                [
                    self._direction(visible, infrared, slots),
                    self._direction(infrared, visible, other_slots),
                ]
            )
        return losses.mean()

    def retrieve(
        self, own: Tensor, other: Tensor
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Run the cycle from one modality to the other and back.

        Args:
            own (Tensor): ``(A, n, d)`` patches that the cycle begins with.
            other (Tensor): ``(B, n, d)`` patches of the other modality.

        Returns:
            tuple[Tensor, Tensor, Tensor]: The unit vectors retrieved forward
            and backward, ``(A, n, d)`` both, and the forward weights ``(A,
            n, B * n)``.
        """
        pool = other.flatten(0, 1)
        weights = self._attention(own, pool)
        forward = F.normalize(weights @ pool, dim=-1)
        backward = F.normalize(self._attention(forward, own) @ own, dim=-1)
        return forward, backward, weights

    def _attention(self, queries: Tensor, keys: Tensor) -> Tensor:
        similarity = queries @ keys.transpose(-1, -2)
        return (similarity / self.temperature).softmax(dim=-1)

    def _direction(self, own: Tensor, other: Tensor, slots: Tensor) -> Tensor:
        """Return ``(A * n,)`` losses of the patches of one modality."""
        forward, backward, _ = self.retrieve(own, other)
        logits = forward.flatten(0, 1) @ backward.flatten(0, 1).T
        logits = logits / self.temperature
        if self.exclude != 'none':
            logits = logits.masked_fill(self._left_out(slots), float('-inf'))
        target = torch.arange(len(logits), device=logits.device)
        losses = F.cross_entropy(logits, target, reduction='none')
        if self.symmetric:
            mirrored = F.cross_entropy(logits.T, target, reduction='none')
            losses = (losses + mirrored) / 2
        return losses

    def _left_out(self, slots: Tensor) -> Tensor:
        """Return the ``(A * n, A * n)`` mask of pairs that do not count."""
        if self.exclude == 'slot':
            groups = slots.flatten()
        else:
            images = torch.arange(len(slots), device=slots.device)
            groups = images.repeat_interleave(slots.shape[1])
        same = groups[:, None] == groups
        return same.fill_diagonal_(False)
