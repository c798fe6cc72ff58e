"""What metrics with one result for every image have in common."""

from mmengine.evaluator import BaseMetric


class SampleMetric(BaseMetric):
    """Base of metrics that keep one result an image, under its number.

    Several processes share out a dataset whose size they do not divide by
    repeating some images. mmengine cuts the gathered list to the dataset's
    size; here every image is told by its number and counts once.

    Attributes:
        key (str): The field of a result, and of a data sample, that holds
            the image's number.
    """

    key = 'sample_idx'

    def evaluate(self, size: int) -> dict:
        """Collect the results of all processes and score them.

        Args:
            size (int): The number of images in the dataset.

        Returns:
            dict[str, float]: Scores in percent.
        """
        self._size = size
        return super().evaluate(size)

    def one_of_each(self, results: list) -> list:
        """Return one result for every image, in the dataset's order.

        Args:
            results (list[dict]): Results, each with its ``key``.

        Returns:
            list[dict]: As many as the dataset has images.

        Raises:
            ValueError: If there is not one result for every image.
        """
        unique = {result[self.key]: result for result in results}
        if len(unique) != self._size:
            raise ValueError(
                f'The dataset has {self._size} images, but there are results '
                f'of {len(unique)} ({len(results)} with repetitions). Test '
                "with mmengine's DefaultSampler(shuffle=False) and without "
                f'drop_last, and see that `{self.key}` is among the meta '
                'keys of the packed inputs.'
            )
        return [unique[index] for index in sorted(unique)]
