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
    first, second = (count / sum(counts) for count in counts)
    joint_mean = first * mean[0] + second * mean[1]
    between = first * second * (mean[0] - mean[1]).square()
    return joint_mean, first * var[0] + second * var[1] + between


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
        counts = _counts(x, position)
        joint_mean, joint_var = joint_statistics(mean, var, counts)
        inverse = torch.stack((*var, joint_var)).add_(eps).rsqrt_()
        distance = mean - joint_mean
        scale, offset = _map(shares, weight, bias, inverse, distance)
        output = torch.empty_like(x)
        for i, rows in _parts(x, position):
            _affine(x[rows], mean[i], scale[i], offset[i], output[rows])
        ctx.save_for_backward(x, shares, weight, bias, mean, inverse, distance)
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
        x, shares, weight, bias, mean, inverse, distance = ctx.saved_tensors
        own, shared = shares
        # Of each modality: the sums of the gradient, and of its products
        # with the centred input.
        total, product = torch.zeros_like(mean), torch.zeros_like(mean)
        for i, rows in _parts(x, ctx.position):
            product[i], total[i] = _sums(grad[rows], x[rows], mean[i])
        # The same with the input centred by the joint mean.
        joint_product = (product + total * distance).sum(dim=0)
        joint_total = total.sum(dim=0)
        grad_weight = torch.cat(
            (own * product * inverse[:2],
             (shared * joint_product * inverse[2])[None])
        )  # fmt: skip
        grad_bias = torch.cat((own * total, (shared * joint_total)[None]))
        grad_shares = None
        if ctx.needs_input_grad[1]:
            scales = weight * inverse
            grad_shares = torch.stack(
                (
                    (scales[:2] * product + bias[:2] * total).sum(),
                    (scales[2] * joint_product + bias[2] * joint_total).sum(),
                )
            )
        grad_x = None
        if ctx.needs_input_grad[0]:
            sums = (product, total, joint_product, joint_total)
            grad_x = _grad_input(
                grad, x, shares, weight * inverse, mean, inverse, distance,
                sums, ctx.position,
            )  # fmt: skip
        return grad_x, grad_shares, grad_weight, grad_bias, *([None] * 4)


def _map(shares, weight, bias, inverse, distance) -> tuple:
    """Compute scale and offset ``(2, C)`` of the map of ``x - mean``."""
    own, shared = shares
    scales = weight * inverse
    scale = own * scales[:2] + shared * scales[2]
    offset = own * bias[:2] + shared * (bias[2] + scales[2] * distance)
    return scale, offset


def _grad_input(
    grad, x, shares, scales, mean, inverse, distance, sums, position
) -> Tensor:
    """Compute ``scale * grad + slope * (x - mean) + level``.

    Slope and level are what the statistics, as functions of the input, add.
    """
    own, shared = shares
    product, total, joint_product, joint_total = sums
    counts = _counts(x, position)
    scale = own * scales[:2] + shared * scales[2]
    joint_slope = shared * scales[2] * inverse[2].square() * joint_product
    joint_slope = joint_slope / sum(counts)
    joint_level = shared * scales[2] * joint_total / sum(counts)
    output = torch.empty_like(x)
    for i, rows in _parts(x, position):
        own_scale = own * scales[i] / counts[i]
        slope = own_scale * inverse[i].square() * product[i] + joint_slope
        level = own_scale * total[i] + joint_level + distance[i] * joint_slope
        _affine(x[rows], mean[i], -slope, -level, output[rows])
        shape = (-1, *([1] * (x.dim() - 2)))
        output[rows].addcmul_(grad[rows], scale[i].view(shape).to(grad.dtype))
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
    empty = center.new_empty(0)
    torch.ops.aten.native_batch_norm.out(
        x, scale, offset, center, torch.ones_like(center), False, 0.0, 0.0,
        out=out, save_mean=empty, save_invstd=empty.clone(),
    )  # fmt: skip


def _sums(grad, x, center) -> tuple:
    """Sum ``grad * (x - center)`` and ``grad`` over all but channels."""
    empty, ones = center.new_empty(0), torch.ones_like(center)
    return torch.ops.aten.native_batch_norm_backward(
        grad, x, ones, center, ones, empty, empty, False, 0.0,
        [False, True, True],
    )[1:]  # fmt: skip
