"""The SYSU-MM01 data set."""

from collections.abc import Sequence
from pathlib import Path

from mmvireid.registry import DATASETS

from .camera_tree import check_identities, read_camera_tree
from .cross_modality_dataset import CrossModalityDataset
from .folders import read_identities, require_file, require_layout


@DATASETS.register_module()
class SYSUMM01(CrossModalityDataset):
    """SYSU-MM01 (Wu et al., ICCV 2017), read as it is distributed.

    ``data_root`` holds ``cam1`` to ``cam6``, each with one folder per
    identity (four digits), and ``exp`` with ``train_id.txt``,
    ``val_id.txt`` and ``test_id.txt``. Cameras 1, 2, 4 and 5 are visible,
    3 and 6 infrared.

    Args:
        data_root (str): The folder of the data set.
        split (str): ``'train'`` (296 identities), ``'val'`` (99),
            ``'trainval'`` (both, as is customary for training; the default)
            or ``'test'`` (96).
        cameras (Sequence[int]): The cameras to read. Defaults to all six.
        **kwargs: Arguments of :class:`CrossModalityDataset`.

    Raises:
        FileNotFoundError: If the root, a camera or a split file is missing.
        ValueError: If a camera folder is empty, a listed identity has no
            image, or a camera is none of the six.
    """

    NAME = 'sysu_mm01'
    SPLITS = ('train', 'val', 'trainval', 'test')
    VISIBLE_CAMERAS = (1, 2, 4, 5)
    INFRARED_CAMERAS = (3, 6)

    def __init__(
        self,
        data_root: str,
        split: str = 'trainval',
        cameras: Sequence[int] = (1, 2, 3, 4, 5, 6),
        **kwargs,
    ) -> None:
        unknown = set(cameras) - {1, 2, 3, 4, 5, 6}
        if unknown:
            raise ValueError(
                'SYSU-MM01 has the cameras 1 to 6, but '
                f'{sorted(unknown)} was asked for.'
            )
        if not cameras:
            raise ValueError('cameras must name at least one of 1 to 6.')
        self.cameras = tuple(sorted(cameras))
        super().__init__(data_root, split, **kwargs)

    def split_files(self) -> list[Path]:
        """Return the lists of training, validation and test identities."""
        exp = Path(self.data_root) / 'exp'
        return [
            require_file(exp / f'{name}_id.txt', f'identities of {name}')
            for name in ('train', 'val', 'test')
        ]

    def read_records(self) -> list[dict]:
        """List the images of the split's identities in all cameras."""
        root = Path(self.data_root)
        require_layout(root, ['exp', f'cam{self.cameras[0]}'], 'SYSU-MM01')
        names = ['train', 'val'] if self.split == 'trainval' else [self.split]
        files = [root / 'exp' / f'{name}_id.txt' for name in names]
        pids = sorted({pid for f in files for pid in read_identities(f)})
        records = []
        for modality, of_modality in enumerate(
            (self.VISIBLE_CAMERAS, self.INFRARED_CAMERAS)
        ):
            folders = {
                cam: root / f'cam{cam}'
                for cam in self.cameras
                if cam in of_modality
            }
            records += read_camera_tree(folders, pids, modality)
        check_identities(records, pids, ' and '.join(map(str, files)))
        return records
