"""The LLCM data set."""

import re
from collections.abc import Sequence
from pathlib import Path

from mmvireid.registry import DATASETS

from .camera_tree import check_identities, read_camera_tree
from .cross_modality_dataset import CrossModalityDataset
from .folders import (
    read_identities,
    read_index,
    require_file,
    require_layout,
)
from .regdb import check_folders

#: the camera in a path: a folder 'cam3', or '_c3' or '_c03' in the file name
CAMERA_PATTERN = re.compile(r'(?:/cam|_c)0*(\d+)(?=[/_])')


@DATASETS.register_module()
class LLCM(CrossModalityDataset):
    """LLCM (Zhang and Wang, CVPR 2023), read as it is distributed.

    ``data_root`` holds ``idx`` with ``train_vis.txt`` and ``train_nir.txt``
    (lines of ``relative/path label``) and ``test_id.txt``, the training
    images, and for testing ``test_vis/cam<1-9>/<identity>`` and
    ``test_nir/cam<1-9>/<identity>``. Camera 3 has no infrared images; its
    folder may be empty or missing. A camera has the same number in both
    modalities.

    Args:
        data_root (str): The folder of the data set.
        split (str): ``'train'`` (713 identities) or ``'test'`` (351).
            Defaults to ``'train'``.
        cameras (Sequence[int]): The cameras to test with. Defaults to all
            nine.
        **kwargs: Arguments of :class:`CrossModalityDataset`.

    Raises:
        FileNotFoundError: If the root, a camera, a split file or the folder
            of a listed training identity is missing.
        ValueError: If a camera folder other than infrared camera 3 is
            empty, a listed test identity has no image, or a camera is none
            of the nine.
    """

    NAME = 'llcm'
    SPLITS = ('train', 'test')
    CAMERAS_WITHOUT_INFRARED = (3,)

    def __init__(
        self,
        data_root: str,
        split: str = 'train',
        cameras: Sequence[int] = (1, 2, 3, 4, 5, 6, 7, 8, 9),
        **kwargs,
    ) -> None:
        unknown = set(cameras) - set(range(1, 10))
        if unknown:
            raise ValueError(
                f'LLCM has the cameras 1 to 9, but {sorted(unknown)} was '
                'asked for.'
            )
        self.cameras = tuple(sorted(cameras))
        super().__init__(data_root, split, **kwargs)

    def split_files(self) -> list[Path]:
        """Return the training lists and the list of test identities."""
        idx = Path(self.data_root) / 'idx'
        return [
            require_file(idx / 'train_vis.txt', 'visible training images'),
            require_file(idx / 'train_nir.txt', 'infrared training images'),
            require_file(idx / 'test_id.txt', 'test identities'),
        ]

    def read_records(self) -> list[dict]:
        """List the images of the split."""
        root = Path(self.data_root)
        require_layout(root, ['idx'], 'LLCM')
        if self.split == 'train':
            return self._read_training(root)
        return self._read_test(root)

    def _read_training(self, root: Path) -> list[dict]:
        records = []
        for modality, name in enumerate(('vis', 'nir')):
            for path, label in read_index(root / f'idx/train_{name}.txt'):
                folder = Path(path).parent.name
                camera = CAMERA_PATTERN.search(f'/{path}')
                records.append(
                    dict(
                        img_path=str(root / path),
                        modality=modality,
                        pid=int(folder) if folder.isdecimal() else label,
                        # training does not use it: -1 where it is not told
                        cam_id=int(camera[1]) if camera else -1,
                    )
                )
        check_folders(records, root)
        return records

    def _read_test(self, root: Path) -> list[dict]:
        require_layout(root, ['test_vis', 'test_nir'], 'LLCM')
        pids = read_identities(root / 'idx/test_id.txt')
        records = []
        for modality, name in enumerate(('test_vis', 'test_nir')):
            folders = {cam: root / name / f'cam{cam}' for cam in self.cameras}
            empty = self.CAMERAS_WITHOUT_INFRARED if modality else ()
            records += read_camera_tree(folders, pids, modality, empty)
        check_identities(records, pids, str(root / 'idx/test_id.txt'))
        return records
