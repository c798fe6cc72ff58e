"""Images in folders by class, or a reproducible part of them."""

from collections import defaultdict
from pathlib import Path

import numpy as np
from mmengine.logging import print_log
from mmpretrain.datasets import CustomDataset

from mmvireid.registry import DATASETS

from .folders import describe
from .replace_unreadable import ReplaceUnreadable

#: Images a class of ImageNet-X has beyond as many as there are classes.
EXTRA_IMAGES = 500


@DATASETS.register_module()
class ImageNetSubset(ReplaceUnreadable, CustomDataset):
    """ImageNet's layout, ``<class>/<image>``, whole or in part.

    With ``num_classes=N`` it is the ImageNet-X of TOPLight (Yu et al., CVPR
    2023, supplement, Sec. 3): N classes with 500 + N images each, drawn by
    numpy with seed 42; N = 100 has mini-ImageNet's size. How they were
    drawn is not said, so this is a reconstruction: the classes from their
    sorted list, then for each in the order drawn its images from their
    sorted list. A class with fewer images gives all it has.

    In training an unreadable image is replaced by another one of its class.

    Args:
        data_root (str): The folder of the classes.
        num_classes (int, optional): N. Defaults to None: all classes and
            images.
        images_per_class (int, optional): Another number of images. Defaults
            to None: 500 + N.
        seed (int): Seed of the selection. Defaults to 42.
        **kwargs: Further arguments of mmpretrain's ``CustomDataset``, such
            as ``pipeline``, or ``ann_file``: a manifest with a line ``path
            label`` for each image.

    Raises:
        FileNotFoundError: If there is no folder ``data_root``.
        ValueError: If there are fewer classes than asked for, or a number
            is not positive.
    """

    NAME = 'imagenet_subset'
    REPLACEMENT = 'another image of its class'

    def __init__(
        self,
        data_root: str,
        num_classes: int | None = None,
        images_per_class: int | None = None,
        seed: int = 42,
        **kwargs,
    ) -> None:
        for name, value in (
            ('num_classes', num_classes),
            ('images_per_class', images_per_class),
        ):
            if value is not None and value < 1:
                raise ValueError(
                    f'{name} must be at least 1, but it is {value}.'
                )
        self.num_classes = num_classes
        if images_per_class is None and num_classes is not None:
            images_per_class = EXTRA_IMAGES + num_classes
        self.images_per_class = images_per_class
        self.seed = seed
        if not Path(data_root).is_dir():
            raise FileNotFoundError(
                f'{type(self).__name__} expects images in folders, '
                f'<class>/<image>, but {describe(data_root)}. '
                'Set data_root, or the environment variable that the config '
                'reads it from.'
            )
        super().__init__(data_root=str(data_root), **kwargs)

    def load_data_list(self) -> list[dict]:
        """List the images that were chosen, by class and path.

        Returns:
            list[dict]: ``img_path``, ``gt_label`` (contiguous) and ``pid``,
            the same.

        Raises:
            ValueError: If there are fewer classes than asked for.
        """
        by_class = defaultdict(list)
        for info in super().load_data_list():
            by_class[info['gt_label']].append(info['img_path'])
        chosen = self._choose(by_class)
        classes = self._metainfo.get('classes')
        if classes is not None:
            self._metainfo['classes'] = tuple(classes[c] for c in chosen)
        self._metainfo.update(
            dataset_name=self.NAME, num_identities=len(chosen)
        )
        return [
            dict(img_path=path, gt_label=label, pid=label)
            for label, paths in enumerate(chosen.values())
            for path in paths
        ]

    def index_records(self) -> None:
        """Set up the labels of all records and the flags of corrupt ones."""
        super().index_records()
        self.labels = self.get_gt_labels()

    def alike(self, idx: int) -> tuple[np.ndarray, str]:
        """Return the images of the same class.

        Args:
            idx (int): The index of one of them.

        Returns:
            tuple[np.ndarray, str]: ``(N,)`` bool, and what they are.
        """
        label = self.labels[idx]
        return self.labels == label, f'images of class {label}'

    def _choose(self, by_class: dict) -> dict:
        """Draw classes and images; return them sorted."""
        names = sorted(by_class)
        if self.num_classes is None and self.images_per_class is None:
            return {name: sorted(by_class[name]) for name in names}
        wanted = self.num_classes or len(names)
        if wanted > len(names):
            raise ValueError(
                f'"{self.data_root}" has {len(names)} classes, but '
                f'num_classes={wanted} were asked for.'
            )
        # The legacy generator, as "seed 42 in numpy" has always meant.
        rng = np.random.RandomState(self.seed)  # noqa: NPY002
        drawn = rng.choice(len(names), wanted, replace=False)
        chosen, short = {}, []
        for index in drawn:
            paths = sorted(by_class[names[index]])
            number = min(self.images_per_class, len(paths))
            if number < self.images_per_class:
                short.append(number)
            kept = rng.choice(len(paths), number, replace=False)
            chosen[names[index]] = [paths[i] for i in np.sort(kept)]
        if short:
            print_log(
                f'{len(short)} of {wanted} classes have fewer than '
                f'{self.images_per_class} images, {min(short)} at least: all '
                'of theirs are taken.',
                logger='current',
            )
        return {name: chosen[name] for name in sorted(chosen)}
