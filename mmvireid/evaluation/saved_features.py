"""Features of a test set on disk."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from mmvireid.utils.atomic import unfinished

from .protocols import ImageList

#: Prefix of the arrays that hold features.
PREFIX = 'feature_'


@dataclass(frozen=True)
class SavedFeatures:
    """Features of all test images.

    Attributes:
        features (dict[str, np.ndarray]): ``(N, C)`` float32, by name.
        images (ImageList): Whose they are.
    """

    features: dict[str, np.ndarray]
    images: ImageList

    def save(self, path: str | Path) -> None:
        """Write an ``.npz`` file, whole or not at all."""
        arrays = {PREFIX + name: x for name, x in self.features.items()}
        with unfinished(path) as temporary, open(temporary, 'wb') as file:
            np.savez(
                file,
                pids=self.images.pids,
                cam_ids=self.images.cam_ids,
                modalities=self.images.modalities,
                img_paths=np.array(list(self.images.img_paths), dtype=str),
                **arrays,
            )

    @classmethod
    def load(cls, path: str | Path) -> 'SavedFeatures':
        """Read what :meth:`save` wrote.

        Raises:
            ValueError: If the file holds something else.
        """
        needed = ['pids', 'cam_ids', 'modalities', 'img_paths']
        with np.load(path, allow_pickle=False) as content:
            names = [n for n in content.files if n.startswith(PREFIX)]
            if not names or not set(needed) <= set(content.files):
                raise ValueError(
                    f"'{path}' must hold {needed} and at least one array "
                    f'{PREFIX}<name>, but holds {content.files}. Save the '
                    "features with the metric's `save_features`."
                )
            columns = [content[name] for name in needed]
            columns[3] = columns[3].tolist()
            return cls(
                {name[len(PREFIX) :]: content[name] for name in names},
                ImageList(*columns),
            )
