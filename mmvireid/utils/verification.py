"""What the tools that check data sets share."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from rich.progress import track

from mmvireid.datasets.folders import unreadable_reason


class Report:
    """Prints findings and counts the errors among them."""

    def __init__(self) -> None:
        self.errors = 0
        self.warnings = 0

    def error(self, message: str) -> None:
        """Report what would stop or spoil a training."""
        self.errors += 1
        print(f'ERROR    {message}')

    def warn(self, message: str) -> None:
        """Report what is unusual but harmless."""
        self.warnings += 1
        print(f'warning  {message}')


def check_images(
    images: Sequence[tuple],
    jobs: int,
    report: Report,
) -> None:
    """Decode every image.

    Args:
        images (Sequence[tuple]): The arguments of
            :func:`~mmvireid.datasets.folders.unreadable_reason` for each.
        jobs (int): Images read at the same time.
        report (Report): Where broken images are reported.
    """
    with ThreadPoolExecutor(jobs) as pool:
        errors = pool.map(lambda given: unreadable_reason(*given), images)
        errors = list(track(errors, 'Reading images', len(images)))
    for (path, *_), error in zip(images, errors, strict=True):
        if error:
            report.error(f'unreadable image {path}: {error}')
