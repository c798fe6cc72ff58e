"""One stage of a swap-path detector."""

from mmengine.model import BaseModule
from torch import Tensor, nn

from mmvireid.models.precision import at_least_float32
from mmvireid.registry import MODELS

from .norm_logits import vector_norms

#: layers of the box regression before the last (supplement, Sec. 8)
DEPTH = 4


class SwapPathStage(BaseModule):
    """Compares what is in a box with a query.

    SPNet (WACV 2025), Sec. 3: the offset embedding is the query's embedding
    minus the box's. Its norm says how well they match, a small network turns
    it into a correction of the box. The two paths differ in nothing but
    where the query comes from: a real person (query-centric), or the box
    itself by a linear bridge (object-centric). The bridge starts at zero.

    Args:
        dim (int): The width of the embeddings.
        logits (dict): Config of the logits, see :mod:`.norm_logits`.
    """

    def __init__(self, dim: int, logits: dict) -> None:
        super().__init__()
        self.bridge = nn.Linear(dim, dim)
        nn.init.zeros_(self.bridge.weight)
        nn.init.zeros_(self.bridge.bias)
        layers: list = []
        for _ in range(DEPTH):
            layers += [nn.Linear(dim, dim), nn.ReLU()]
        self.box_mlp = nn.Sequential(*layers, nn.Linear(dim, 4))
        self.logits = MODELS.build({**logits, 'dim': dim})

    def offsets(
        self, embeddings: Tensor, queries: Tensor | None = None
    ) -> Tensor:
        """Subtract the embeddings of boxes from those of queries.

        Args:
            embeddings (Tensor): ``(..., d)`` of boxes or anchors.
            queries (Tensor, optional): ``(..., d)``. Defaults to none: the
                bridge predicts them from the boxes.

        Returns:
            Tensor: ``(..., d)``.
        """
        if queries is None:
            queries = self.bridge(embeddings)
        return queries - embeddings

    def classify(self, offsets: Tensor) -> Tensor:
        """Turn offsets ``(..., d)`` into logits ``(...)``."""
        return self.logits(vector_norms(offsets))

    def regress(self, offsets: Tensor) -> Tensor:
        """Turn offsets ``(..., d)`` into box deltas ``(..., 4)``, float32."""
        return at_least_float32(self.box_mlp(offsets))
