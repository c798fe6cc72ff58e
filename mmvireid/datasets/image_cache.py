"""A cache of decoded and resized images that all processes share."""

import hashlib
import os
import shutil
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import mmcv
import numpy as np
from filelock import FileLock
from mmengine.dist import is_main_process
from mmengine.fileio import get as read_bytes
from rich.progress import track


class ImageCache:
    """Decoded, resized uint8 images in one file mapped into memory.

    It is built by the first process that asks for it, while others wait at
    a file lock; it is written to a temporary folder that is renamed when
    complete, and what a killed build leaves is removed by the next one. Its
    name is a hash of the image paths, sizes and times of change and of the
    image size: another list of files, or one changed file, makes another
    cache, and so each trial of RegDB has its own.

    Args:
        paths (Sequence[str]): The image files.
        dir (str): The folder that caches are kept in.
        size (Sequence[int]): Height and width of the cached images.
        interpolation (str): How images are resized, a name of
            :func:`mmcv.imresize`. Defaults to ``'bilinear'``, as mmcv's
            ``Resize``.
    """

    def __init__(
        self,
        paths: Sequence[str],
        dir: str,
        size: Sequence[int],
        interpolation: str = 'bilinear',
    ) -> None:
        self.paths = list(paths)
        self.size = tuple(size)
        self.interpolation = interpolation
        self.folder = Path(dir) / self._key()
        self._images: np.ndarray | None = None
        self._shapes: np.ndarray | None = None
        if not self.folder.is_dir():
            self.folder.parent.mkdir(parents=True, exist_ok=True)
            with FileLock(f'{self.folder}.lock'):
                if not self.folder.is_dir():
                    self._build()

    def load(self, row: int) -> dict:
        """Return one image with the keys that ``LoadImageFromFile`` sets.

        Args:
            row (int): The position in ``paths``.

        Returns:
            dict: ``img`` ``(H, W, 3)`` uint8 BGR, a copy; ``img_shape`` and
            ``ori_shape``, height and width now and in the file.

        Raises:
            OSError: If the image could not be read when the cache was
                built.
        """
        if self._images is None:
            self._images = np.load(self.folder / 'images.npy', mmap_mode='r')
            self._shapes = np.load(self.folder / 'shapes.npy')
        height, width = self._shapes[row].tolist()
        if height == 0:
            raise OSError(
                f"'{self.paths[row]}' could not be read when the cache "
                f"'{self.folder}' was built."
            )
        return dict(
            img=np.array(self._images[row]),
            img_shape=self.size,
            ori_shape=(height, width),
        )

    def __getstate__(self) -> dict:
        # a pickled memmap would become a full copy in every worker
        return {**self.__dict__, '_images': None, '_shapes': None}

    def _key(self) -> str:
        digest = hashlib.sha256(f'{self.size}{self.interpolation}'.encode())
        for path in self.paths:
            try:
                stat = os.stat(path)
                state = f'{stat.st_size} {stat.st_mtime_ns}'
            except OSError:
                state = 'missing'
            digest.update(f'{path} {state}\n'.encode())
        return digest.hexdigest()[:32]

    def _build(self) -> None:
        temporary = self.folder.with_suffix('.building')
        # of a build that was killed: others wait at the lock
        shutil.rmtree(temporary, ignore_errors=True)
        temporary.mkdir()
        try:
            images = np.lib.format.open_memmap(
                temporary / 'images.npy',
                mode='w+',
                dtype=np.uint8,
                shape=(len(self.paths), *self.size, 3),
            )
            shapes = np.zeros((len(self.paths), 2), dtype=np.int32)
            self._fill(images, shapes)
            images.flush()
            np.save(temporary / 'shapes.npy', shapes)
            os.rename(temporary, self.folder)
        except BaseException:
            shutil.rmtree(temporary, ignore_errors=True)
            raise

    def _fill(self, images: np.ndarray, shapes: np.ndarray) -> None:
        """Decode all images; an unreadable one keeps the shape (0, 0)."""

        def read(row: int) -> None:
            try:
                image = mmcv.imfrombytes(read_bytes(self.paths[row]))
            except FileNotFoundError:
                image = None
            except OSError:  # may pass, so it must not stay in the cache
                raise
            except Exception:  # whatever decoders raise
                image = None
            if image is not None:
                images[row] = mmcv.imresize(
                    image, self.size[::-1], interpolation=self.interpolation
                )
                shapes[row] = image.shape[:2]

        with ThreadPoolExecutor(min(8, os.cpu_count() or 1)) as pool:
            for _ in track(
                pool.map(read, range(len(self.paths))),
                f'Building the image cache {self.folder}',
                len(self.paths),
                disable=not is_main_process(),
            ):
                pass
