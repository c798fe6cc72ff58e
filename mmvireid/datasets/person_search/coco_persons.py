"""The COCOPersons data set."""

from mmvireid.datasets.conversion import SAMPLE_PERCENTS
from mmvireid.registry import DATASETS

from .person_search_dataset import PersonSearchDataset


@DATASETS.register_module()
class COCOPersons(PersonSearchDataset):
    """The persons of COCO 2017 (Lin et al., ECCV 2014), converted.

    For pre-training: every box is a person of its own. The splits are
    ``train``, ``val`` and the samples ``p20`` to ``p180`` of train: ``p100``
    has all boxes of the scenes with at least two, the others fewer or, made
    up, more.

    Args:
        data_root (str): The folder of COCO.
        split (str): The split.
        **kwargs: Arguments of :class:`PersonSearchDataset`.
    """

    NAME = 'coco_persons'
    SPLITS = ('train', 'val', *(f'p{p}' for p in SAMPLE_PERCENTS))

    def identities(self, content: dict) -> list[str]:
        """Name nobody: nobody is in two scenes."""
        return []
