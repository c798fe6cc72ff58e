"""Several views of each image, one after the other."""

from collections.abc import Iterator, Sized

from mmengine.dataset import DefaultSampler

from mmvireid.registry import DATA_SAMPLERS


@DATA_SAMPLERS.register_module()
class RepeatSampler(DefaultSampler):
    """Draws every image several times in a row.

    Each time the pipeline makes another view of it, so that a batch of 8
    with two repetitions is two views of 4 images (SPNet, WACV 2025,
    supplement, Sec. 8). The views of an image go to one process; a batch
    size that is a multiple of ``repeats`` keeps them in one batch.

    Args:
        dataset (Sized): The data set.
        repeats (int): Views of each image. Defaults to 2.
        **kwargs: Arguments of mmengine's ``DefaultSampler``.

    Raises:
        ValueError: If ``repeats`` is not positive.
    """

    def __init__(self, dataset: Sized, repeats: int = 2, **kwargs) -> None:
        if repeats < 1:
            raise ValueError(f'repeats must be at least 1, but is {repeats}.')
        super().__init__(dataset, **kwargs)
        self.repeats = repeats

    def __iter__(self) -> Iterator[int]:
        """Yield the indices of this process."""
        for index in super().__iter__():
            yield from [index] * self.repeats

    def __len__(self) -> int:
        """Return how many indices this process draws."""
        return self.repeats * super().__len__()
