"""What the heads on shuffled stripes have in common."""

from torch import Tensor

from mmvireid.structures import Batch


def permutations_of(batch: Batch, num_stripes: int) -> Tensor:
    """Return the permutations of a batch.

    Args:
        batch (Batch): The batch.
        num_stripes (int): How many stripes the head expects, ``n``.

    Returns:
        Tensor: ``(B, n)``: the original stripe that each slot shows.

    Raises:
        ValueError: If the stripes were not shuffled, or another number.
    """
    permutations = batch.permutations
    if permutations is None:
        raise ValueError(
            'The stripes of the images were not shuffled. Give the data '
            "preprocessor batch_augments=[dict(type='StripePermutation', "
            f'num_stripes={num_stripes})].'
        )
    if permutations.shape[1] != num_stripes:
        raise ValueError(
            f'The images were cut into {permutations.shape[1]} stripes, but '
            f'the head expects {num_stripes}. Set num_stripes of '
            'StripePermutation and of all heads, and num_parts of the neck, '
            'to the same number.'
        )
    return permutations
