"""The CUHK-SYSU data set."""

from mmvireid.registry import DATASETS

from .person_search_dataset import OFFICIAL_SPLITS, PersonSearchDataset


@DATASETS.register_module()
class CUHKSYSU(PersonSearchDataset):
    """CUHK-SYSU (Xiao et al., CVPR 2017), converted.

    The official training scenes are ``trainval``; ``train`` and ``val`` are
    a split of them without common persons, ``minitrain`` and ``minival``
    100 scenes of each. The protocols of ``test`` are ``G50``, ``G100``,
    ``G500``, ``G1000``, ``G2000``, ``G4000``, ``all``, ``occlusion`` and
    ``resolution``; those of ``val`` and ``minival`` are ``all`` and
    ``G100``.

    Args:
        data_root (str): The folder of the data set.
        split (str): The split.
        **kwargs: Arguments of :class:`PersonSearchDataset`.
    """

    NAME = 'cuhk_sysu'
    SPLITS = OFFICIAL_SPLITS
