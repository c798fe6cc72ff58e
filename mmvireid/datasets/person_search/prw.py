"""The PRW data set."""

from mmvireid.registry import DATASETS

from .person_search_dataset import OFFICIAL_SPLITS, PersonSearchDataset


@DATASETS.register_module()
class PRW(PersonSearchDataset):
    """PRW (Zheng et al., CVPR 2017), converted.

    The splits are those of :class:`CUHKSYSU`; the 100 commonest persons may
    be in both ``train`` and ``val``. ``test`` has the protocol ``all``, of
    which ``PersonSearchProtocol(cameras=...)`` makes those within and across
    cameras; ``val`` and ``minival`` have ``all`` and ``G100``.

    Args:
        data_root (str): The folder of the data set.
        split (str): The split.
        **kwargs: Arguments of :class:`PersonSearchDataset`.
    """

    NAME = 'prw'
    SPLITS = OFFICIAL_SPLITS
