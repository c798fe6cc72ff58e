"""Euclidean distances that are safe to differentiate."""

from torch import Tensor

from mmvireid.models.precision import at_least_float32, without_autocast

#: Squared distances below this count as this: the root's slope at 0 is not
#: finite.
SMALLEST_SQUARE = 1e-12


def pairwise_distance(x: Tensor, y: Tensor) -> Tensor:
    """Compute Euclidean distances in float32 (or float64), autocast or not.

    Both are first shifted by a common mean, which changes no distance:
    expanding the square of two long, similar vectors would lose its digits.

    Args:
        x (Tensor): ``(N, C)``.
        y (Tensor): ``(M, C)``.

    Returns:
        Tensor: ``(N, M)``, at least 1e-6, where the gradient is zero.
    """
    with without_autocast(x):
        x, y = at_least_float32(x), at_least_float32(y)
        center = x.detach().mean(0)
        x, y = x - center, y - center
        squares = x.square().sum(1)[:, None] + y.square().sum(1)
        return (squares - 2 * x @ y.T).clamp(min=SMALLEST_SQUARE).sqrt()
