"""What all heads share."""

from abc import ABCMeta, abstractmethod

from mmengine.model import BaseModule
from torch import Tensor

from mmvireid.structures import Batch


class BaseHead(BaseModule, metaclass=ABCMeta):
    """A head turns one of the features into losses.

    The model passes ``widths`` and ``num_identities``; configs write neither.

    Args:
        feature (str): Which feature the head looks at.
        widths (dict[str, int]): The width of every feature.
        num_identities (int, optional): The number of training identities.
        init_cfg (dict | list[dict], optional): Initialisation.

    Raises:
        ValueError: If there is no such feature.
    """

    def __init__(
        self,
        feature: str,
        widths: dict,
        num_identities: int | None = None,
        init_cfg: dict | list | None = None,
    ) -> None:
        super().__init__(init_cfg=init_cfg)
        if feature not in widths:
            raise ValueError(
                f'{type(self).__name__} looks at feature "{feature}", but '
                f'the neck gives {sorted(widths)}.'
            )
        self.feature = feature
        self.in_channels = widths[feature]
        self.num_identities = num_identities

    def require_identities(self) -> None:
        """Refuse to be built without the number of identities.

        Raises:
            ValueError: If it is not known.
        """
        if self.num_identities is None:
            raise ValueError(
                f'{type(self).__name__} needs the number of training '
                'identities. tools/train.py takes it from the dataset; '
                'elsewhere call mmvireid.apis.fill_num_identities(cfg) or '
                'set model.num_identities.'
            )

    @abstractmethod
    def loss(self, features: dict[str, Tensor], batch: Batch) -> dict:
        """Compute the losses of a training batch.

        Args:
            features (dict[str, Tensor]): The neck's features, each with
                ``B`` rows, visible first.
            batch (Batch): The labels of the batch.

        Returns:
            dict[str, Tensor]: Scalars. Those to be optimised are named
            ``loss_*``; no other name contains ``loss``.
        """

    def predict(self, features: dict[str, Tensor]) -> dict:
        """Compute what the head adds to the predictions.

        Args:
            features (dict[str, Tensor]): The neck's features, each with
                ``B`` rows.

        Returns:
            dict[str, Tensor]: Fields of the data samples, each with ``B``
            rows; none unless a head says otherwise.
        """
        return {}
