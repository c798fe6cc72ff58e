"""Recovery of the order of shuffled stripes."""

from torch import Tensor, nn

from mmvireid.models.layers import gumbel_noise, sinkhorn
from mmvireid.models.precision import at_least_float32
from mmvireid.models.stripes import require_whole_stripes
from mmvireid.registry import MODELS
from mmvireid.structures import Batch

from .base_head import BaseHead
from .shuffled_stripes import permutations_of


@MODELS.register_module()
class GumbelSinkhornHead(BaseHead):
    """Predicts the permutation of an image's stripes from its feature.

    MMGL, Sec. III-B: a linear layer gives an ``n x n`` matrix, to which
    Gumbel noise is added several times; the Sinkhorn operator turns each
    sample into a soft permutation (Mena et al., ICLR 2018).

    What the paper leaves open is reconstructed: the feature that the layer
    looks at, and the defaults of ``temperature``, ``iterations`` and
    ``noise_factor``, which are those of Mena et al.'s code.

    Args:
        num_stripes (int): ``n``. Defaults to 6.
        feature (str): Which feature to look at. Defaults to ``'global'``.
        loss (dict): Config of a loss that is called as ``loss(log_soft,
            permutations)``. Defaults to :class:`PermutationRanking` (Eq. 4).
        num_samples (int): Gumbel samples for each image, at least 1.
            Defaults to 10, the paper's.
        temperature (float): Divides the noisy logits. Defaults to 1.
        iterations (int): Of the Sinkhorn operator. Defaults to 20.
        noise_factor (float): Multiplies the noise; 0 is none. Defaults to 1.
        loss_weight (float): The weight of the loss. Defaults to 1.
        **kwargs: ``widths`` and ``num_identities``, which the model passes.

    Raises:
        ValueError: If an argument is out of its range.
    """

    def __init__(
        self,
        num_stripes: int = 6,
        feature: str = 'global',
        loss: dict | None = None,
        num_samples: int = 10,
        temperature: float = 1.0,
        iterations: int = 20,
        noise_factor: float = 1.0,
        loss_weight: float = 1.0,
        **kwargs,
    ) -> None:
        super().__init__(feature, **kwargs)
        if num_samples < 1 or iterations < 1 or temperature <= 0:
            raise ValueError(
                'num_samples and iterations must be at least 1 and '
                f'temperature positive, but they are {num_samples}, '
                f'{iterations} and {temperature}.'
            )
        self.num_stripes = num_stripes
        self.num_samples = num_samples
        self.temperature = temperature
        self.iterations = iterations
        self.noise_factor = noise_factor
        self.loss_weight = loss_weight
        self.loss_module = MODELS.build(
            loss or dict(type='PermutationRanking')
        )
        self.fc = nn.Linear(self.in_channels, num_stripes**2)

    def logits(self, features: dict[str, Tensor]) -> Tensor:
        """Score every original stripe for every slot.

        Args:
            features (dict[str, Tensor]): Features, ``(B, C)`` the one that
                the head looks at.

        Returns:
            Tensor: ``(B, n, n)``; rows are slots, columns original stripes.
        """
        scores = at_least_float32(self.fc(features[self.feature]))
        return scores.unflatten(1, (self.num_stripes, self.num_stripes))

    def loss(self, features: dict[str, Tensor], batch: Batch) -> dict:
        """Compare the soft permutations with the true one.

        Args:
            features (dict[str, Tensor]): Features of shuffled images, and
                their ``map``.
            batch (Batch): With the ``permutations`` of the images.

        Returns:
            dict[str, Tensor]: ``loss_permutation``, and ``accuracy``, the
            percentage of slots whose best-scored stripe is the right one.

        Raises:
            ValueError: If the stripes were not shuffled, or another number,
                or the map's rows do not divide into them.
        """
        permutations = permutations_of(batch, self.num_stripes)
        require_whole_stripes(features['map'], self.num_stripes)
        logits = self.logits(features)
        noisy = logits.expand(self.num_samples, -1, -1, -1)
        noisy = noisy + self.noise_factor * gumbel_noise(noisy)
        loss = self.loss_module(self._log_soft(noisy), permutations)
        correct = logits.detach().argmax(dim=-1) == permutations
        return dict(
            loss_permutation=self.loss_weight * loss,
            accuracy=100 * correct.float().mean(),
        )

    def predict(self, features: dict[str, Tensor]) -> dict:
        """Score the permutations, without noise.

        Args:
            features (dict[str, Tensor]): Features of shuffled images.

        Returns:
            dict[str, Tensor]: ``permutation_logits`` and
            ``soft_permutation``, each ``(B, n, n)``.
        """
        logits = self.logits(features)
        return dict(
            permutation_logits=logits,
            soft_permutation=self._log_soft(logits).exp(),
        )

    def _log_soft(self, logits: Tensor) -> Tensor:
        return sinkhorn(logits / self.temperature, self.iterations)
