"""What the tools that check data sets share."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from PIL import Image
from rich.progress import track


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


def read_error(path: str, size: tuple[int, int] | None = None) -> str | None:
    """Decode an image completely.

    Args:
        path (str): The image.
        size (tuple[int, int], optional): Width and height that it should
            have. Defaults to None: any.

    Returns:
        str | None: What is wrong with it; None if nothing is.
    """
    try:
        with Image.open(path) as image:
            image.load()
            found = image.size
    except Exception as error:
        return f'{type(error).__name__}: {error}'
    if size is not None and found != size:
        return (
            f'it is {found[0]}x{found[1]}, but should be {size[0]}x{size[1]}'
        )
    return None


def check_images(
    images: Sequence[tuple],
    jobs: int,
    report: Report,
) -> None:
    """Decode every image.

    Args:
        images (Sequence[tuple]): The arguments of :func:`read_error` for
            each.
        jobs (int): Images read at the same time.
        report (Report): Where broken images are reported.
    """
    with ThreadPoolExecutor(jobs) as pool:
        errors = pool.map(lambda arguments: read_error(*arguments), images)
        errors = list(track(errors, 'Reading images', len(images)))
    for (path, *_), error in zip(images, errors, strict=True):
        if error:
            report.error(f'unreadable image {path}: {error}')
