"""The RegDB data set."""

from pathlib import Path

from mmvireid.registry import DATASETS

from .cross_modality_dataset import CrossModalityDataset
from .folders import describe, read_index, require_file, require_layout

#: RegDB has one camera per modality; the numbers only tell them apart
CAMERAS = (1, 2)


@DATASETS.register_module()
class RegDB(CrossModalityDataset):
    """RegDB (Nguyen et al., Sensors 2017), read as it is distributed.

    ``data_root`` holds ``Visible/<identity>``, ``Thermal/<identity>`` and
    ``idx`` with ``{train,test}_{visible,thermal}_<trial>.txt``, whose lines
    are ``relative/path label``. Each of the ten trials is another random
    half of the identities to train on: a model may only be tested on the
    trial that it was trained on.

    Args:
        data_root (str): The folder of the data set.
        split (str): ``'train'`` or ``'test'``. Defaults to ``'train'``.
        trial (int): The trial, 1 to 10. Defaults to 1.
        **kwargs: Arguments of :class:`CrossModalityDataset`.

    Raises:
        FileNotFoundError: If the root, a split file or the folder of a
            listed identity is missing.
        ValueError: If there is no trial.
    """

    NAME = 'regdb'
    SPLITS = ('train', 'test')

    def __init__(
        self, data_root: str, split: str = 'train', trial: int = 1, **kwargs
    ) -> None:
        if trial is None:
            raise ValueError('RegDB needs the number of a trial, 1 to 10.')
        super().__init__(data_root, split, trial=int(trial), **kwargs)

    def split_files(self) -> list[Path]:
        """Return the four index files of the trial."""
        return [
            require_file(
                Path(self.data_root) / f'idx/{half}_{name}_{self.trial}.txt',
                f'{name} images to {half} on in trial {self.trial}',
            )
            for half in ('train', 'test')
            for name in ('visible', 'thermal')
        ]

    def read_records(self) -> list[dict]:
        """List the images that the trial's index files name."""
        root = Path(self.data_root)
        require_layout(root, ['Visible', 'Thermal', 'idx'], 'RegDB')
        records = []
        for modality, name in enumerate(('visible', 'thermal')):
            file = root / f'idx/{self.split}_{name}_{self.trial}.txt'
            records += [
                dict(
                    img_path=str(root / path),
                    modality=modality,
                    pid=label,
                    cam_id=CAMERAS[modality],
                )
                for path, label in read_index(file)
            ]
        check_folders(records, root)
        return records


def check_folders(records: list[dict], root: Path) -> None:
    """Check that the folders of all listed images exist.

    The images themselves are not looked at: on a network drive that could
    take minutes.

    Args:
        records (list[dict]): Records with ``img_path``.
        root (Path): The folder of the data set, for the message.

    Raises:
        FileNotFoundError: If a folder is missing.
    """
    folders = sorted({Path(r['img_path']).parent for r in records})
    missing = [folder for folder in folders if not folder.is_dir()]
    if missing:
        names = ', '.join(str(f.relative_to(root)) for f in missing[:10])
        raise FileNotFoundError(
            f'{len(missing)} identity folders that the index files list are '
            f"missing in '{root}': {names}; {describe(missing[0].parent)}. "
            'Either the images are not all unpacked, or the index files '
            'belong to another data set.'
        )
