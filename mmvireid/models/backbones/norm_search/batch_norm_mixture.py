"""Two batch norms mixed as one map, with its exact gradient."""

from collections.abc import Sequence

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable


def joint_statistics(mean: Tensor, var: Tensor, counts: Sequence) -> tuple:
    """Compute the statistics of two groups together.

    Args:
        mean (Tensor): ``(2, C)`` of each group.
        var (Tensor): ``(2, C)``, biased.
        counts (Sequence[int]): The sizes of the groups.

    Returns:
        tuple[Tensor, Tensor]: Mean and biased variance, ``(C,)``.
    """
    second = counts[1] / sum(counts)
    joint_mean = mean[0].lerp(mean[1], second)
    between = (mean[1] - mean[0]).square_()
    joint_var = var[0].lerp(var[1], second)
    return joint_mean, joint_var.add_(between, alpha=second * (1 - second))


class BatchNormMixture(torch.autograd.Function):
    """Mixes a shared and a separate batch norm over a two-modality batch.

    With the modality's statistics ``m_i, v_i``, the joint ones ``m, v`` and
    the shares ``p, q`` of separate and shared, the output

    ``p (w_i (x - m_i) / sqrt(v_i + eps) + b_i) + q (w (x - m) / sqrt(v + eps)
    + b)``

    is one affine map of ``x`` for each channel and modality, so that neither
    candidate's output is ever made. For the backward pass only ``x`` is kept,
    as a plain batch norm does. The gradient is exact in all inputs, with the
    statistics seen as functions of ``x``.
    """

    @staticmethod
    def forward(
        ctx,
        x: Tensor,
        shares: Tensor,
        weight: Tensor,
        bias: Tensor,
        mean: Tensor,
        var: Tensor,
        position: int,
        eps: float,
    ) -> Tensor:
        """Apply the map.

        Args:
            ctx: Autograd's context.
            x (Tensor): ``(B, C, ...)``.
            shares (Tensor): ``(2,)``, of separate and shared.
            weight (Tensor): ``(3, C)``, visible, infrared, shared.
            bias (Tensor): ``(3, C)``, likewise.
            mean (Tensor): ``(2, C)``, the visible and the infrared mean.
            var (Tensor): ``(2, C)``, biased variances.
            position (int): The first infrared row.
            eps (float): Added to variances.

        Returns:
            Tensor: ``(B, C, ...)``.
        """
        joint_mean, joint_var = joint_statistics(
            mean, var, _counts(x, position)
        )
        inverse = torch.cat((var, joint_var[None])).add_(eps).rsqrt_()
        distance = mean - joint_mean
        # Of visible, infrared and shared; (3, 1), that rows multiply.
        share = torch.cat((shares[:1], shares))[:, None]
        scales = share * weight * inverse
        offsets = share * bias
        scale = scales[:2] + scales[2]
        offset = torch.addcmul(offsets[:2] + offsets[2], scales[2], distance)
        output = torch.empty_like(x)
        for i, rows in _parts(x, position):
            _affine(x[rows], mean[i], scale[i], offset[i], output[rows])
        ctx.save_for_backward(x, share, weight, bias, mean, inverse, distance)
        ctx.position = position
        return output

    @staticmethod
    @once_differentiable
    def backward(ctx, grad: Tensor) -> tuple:
        """Compute the gradients.

        Args:
            ctx: Autograd's context.
            grad (Tensor): ``(B, C, ...)``.

        Returns:
            tuple: Of ``x``, shares, weight and bias, and None for the rest.
        """
        x, share, weight, bias, mean, inverse, distance = ctx.saved_tensors
        # Of each candidate, as rows: the sum of the gradient, and that of
        # its product with the normalised input.
        total, product = mean.new_zeros(2, 3, mean.shape[1])
        for i, rows in _parts(x, ctx.position):
            product[i], total[i] = _sums(grad[rows], x[rows], mean[i])
        total[2] = total[0] + total[1]
        product[2] = torch.addcmul(product[:2], total[:2], distance).sum(0)
        product *= inverse
        grad_shares = None
        if ctx.needs_input_grad[1]:
            each = torch.addcmul(weight * product, bias, total).sum(dim=1)
            grad_shares = torch.stack((each[:2].sum(), each[2]))
        grad_x = None
        if ctx.needs_input_grad[0]:
            scales = share * weight * inverse
            grad_x = _grad_input(
                grad, x, ctx.position, mean, distance, scales,
                product * inverse, total,
            )  # fmt: skip
        return grad_x, grad_shares, share * product, share * total, *[None] * 4


def _grad_input(
    grad, x, position, mean, distance, scales, product, total
) -> Tensor:
    """Compute ``scale * grad + slope * (x - mean) + level``.

    Slope and level are what the statistics, as functions of the input, add.
    """
    counts = _counts(x, position)
    # An absent modality has sums of zero.
    counts = [[-max(1, count)] for count in (*counts, sum(counts))]
    per_value = scales / scales.new_tensor(counts)
    slopes, levels = per_value * product, per_value * total
    slope = slopes[:2] + slopes[2]
    level = torch.addcmul(levels[:2] + levels[2], slopes[2], distance)
    scale = (scales[:2] + scales[2]).to(grad.dtype)
    scale = scale.view(2, -1, *[1] * (x.dim() - 2))
    output = torch.empty_like(x)
    for i, rows in _parts(x, position):
        _affine(x[rows], mean[i], slope[i], level[i], output[rows])
        output[rows].addcmul_(grad[rows], scale[i])
    return output


def _counts(x: Tensor, position: int) -> list:
    """Count the values of each modality in a channel."""
    each = x[0, 0].numel()
    return [position * each, (x.shape[0] - position) * each]


def _parts(x: Tensor, position: int) -> list:
    """List the modalities that are there and their rows."""
    rows = (slice(0, position), slice(position, x.shape[0]))
    return [(i, r) for i, r in enumerate(rows) if r.stop > r.start]


def _affine(x, center, scale, offset, out) -> None:
    """Write ``scale * (x - center) + offset`` by the kernel of batch norm."""
    torch.ops.aten.native_batch_norm.out(
        x, scale, offset, center, torch.ones_like(center), False, 0.0, 0.0,
        out=out, save_mean=center.new_empty(0),
        save_invstd=center.new_empty(0),
    )  # fmt: skip


def _sums(grad, x, center) -> tuple:
    """Sum ``grad * (x - center)`` and ``grad`` over all but channels."""
    empty, ones = center.new_empty(0), torch.ones_like(center)
    return torch.ops.aten.native_batch_norm_backward(
        grad, x, ones, center, ones, empty, empty, False, 0.0,
        [False, True, True],
    )[1:]  # fmt: skip
