"""Training on several person search data sets at once."""

from collections.abc import Sequence

import torch
from mmengine.dataset import ConcatDataset

from mmvireid.registry import DATASETS

from .person_search_dataset import PersonSearchDataset

#: what may differ from one data set to the other
OWN_KEYS = [
    'dataset_type',
    'dataset_name',
    'split',
    'num_known_persons',
    'identities',
]


@DATASETS.register_module()
class ConcatPersonSearch(ConcatDataset):
    """Training sets one after the other, with persons told apart.

    The known persons of the first set come first, then those of the second
    and so on, then everyone else; scenes and boxes are numbered on as well.
    ``parts`` of the ``metainfo`` are those of the sets.

    Args:
        datasets (Sequence[dict | PersonSearchDataset]): The training sets;
            each keeps its own pipeline.

    Raises:
        ValueError: If a set is for testing: its persons have no labels.
    """

    def __init__(self, datasets: Sequence[dict | PersonSearchDataset]) -> None:
        super().__init__(datasets, ignore_keys=OWN_KEYS)
        for dataset in self.datasets:
            if dataset.test_mode:
                raise ValueError(
                    'ConcatPersonSearch is for training, but the split '
                    f"'{dataset.split}' of {type(dataset).__name__} is for "
                    'testing. Test on one data set at a time.'
                )
        metas = [dataset.metainfo for dataset in self.datasets]
        known = [meta['num_known_persons'] for meta in metas]
        self._shift(known)
        self._metainfo = dict(
            metas[0],
            dataset_type=type(self).__name__,
            dataset_name='+'.join(meta['dataset_name'] for meta in metas),
            split='+'.join(meta['split'] for meta in metas),
            num_known_persons=sum(known),
            identities=[],  # numbers of different sets mean nothing together
            parts=metas,
        )

    def _shift(self, known: list[int]) -> None:
        before = unknown = image = box = 0
        for dataset, own in zip(self.datasets, known, strict=True):
            infos = [dataset.get_data_info(i) for i in range(len(dataset))]
            boxes = [b for info in infos for b in info['instances']]
            dataset.shift_ids(before, sum(known) - own + unknown, image, box)
            before += own
            unknown += sum(not b['is_known'] for b in boxes)
            image += 1 + max(info['img_id'] for info in infos)
            box += 1 + max((b['ann_id'] for b in boxes), default=-1)

    @property
    def corrupt_flags(self) -> torch.Tensor:
        """Tensor: ``(N,)`` 1 for each scene found unreadable."""
        return torch.cat([d.corrupt_flags for d in self.datasets])
