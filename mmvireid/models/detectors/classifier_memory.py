"""What a backbone knew before."""

from copy import deepcopy

import torch
from mmengine.model import BaseModule
from torch import Tensor, nn

from mmvireid.models.backbones import TwoStream
from mmvireid.models.backbones.pretrained import load_pretrained
from mmvireid.registry import MODELS


@MODELS.register_module()
class ClassifierMemory(BaseModule):
    """Keeps the class scores that the backbone once gave.

    Learning without forgetting (Li & Hoiem, ECCV 2016) in SPNet's
    pre-training (supplement, Sec. 9.1): a frozen copy of the backbone and
    its classifier, as they were before, teaches both. The copy has no
    stochastic depth.

    Args:
        backbone (TwoStream): The backbone.
        width (int): The width of its last map.
        num_classes (int): The number of classes. Defaults to 1000.
        layer_norm (bool): Whether the pooled feature goes through a layer
            norm first, as in ConvNeXt. Defaults to True.
        checkpoint (str, optional): Where the weights of the classifier come
            from. Defaults to none: it is drawn at random.
        fc_prefix (str): What the keys of the linear layer begin with in the
            checkpoint. Defaults to ``'head.fc.'``, mmpretrain's.
        norm_prefix (str): The same for the layer norm. Defaults to
            ``'backbone.norm3.'``, that of mmpretrain's ConvNeXt.
        loss (dict, optional): Config of the loss. Defaults to
            :class:`~mmvireid.models.losses.DistillationLoss`.
    """

    def __init__(
        self,
        backbone: TwoStream,
        width: int,
        num_classes: int = 1000,
        layer_norm: bool = True,
        checkpoint: str | None = None,
        fc_prefix: str = 'head.fc.',
        norm_prefix: str = 'backbone.norm3.',
        loss: dict | None = None,
    ) -> None:
        super().__init__()
        self.checkpoint = checkpoint
        self.prefixes = dict(fc=fc_prefix, norm=norm_prefix)
        norm = nn.LayerNorm(width, eps=1e-6) if layer_norm else nn.Identity()
        self.classifier = nn.ModuleDict(
            dict(norm=norm, fc=nn.Linear(width, num_classes))
        )
        self.loss_module = MODELS.build(loss or dict(type='DistillationLoss'))
        self.teacher = nn.ModuleDict(
            dict(
                backbone=deepcopy(backbone),
                classifier=deepcopy(self.classifier),
            )
        ).requires_grad_(False)

    def init_weights(self) -> None:
        """Load the classifier; the copy waits for :meth:`copy_from`."""
        if self.checkpoint is not None:
            for name, part in self.classifier.items():
                if len(part.state_dict()):
                    load_pretrained(part, self.checkpoint, self.prefixes[name])
        self._is_init = True

    def copy_from(self, backbone: TwoStream) -> None:
        """Remember the backbone and the classifier as they are.

        Args:
            backbone (TwoStream): With the weights that it starts from.
        """
        now = dict(backbone=backbone, classifier=self.classifier)
        for name, part in now.items():
            self.teacher[name].load_state_dict(part.state_dict())

    def train(self, mode: bool = True) -> 'ClassifierMemory':
        """Switch between training and testing; the copy stays in testing.

        Args:
            mode (bool): Whether to train. Defaults to True.

        Returns:
            ClassifierMemory: Itself.
        """
        super().train(mode)
        self.teacher.eval()
        return self

    def forward(
        self, inputs: Tensor, num_visible: int, last_map: Tensor
    ) -> Tensor:
        """Compute how far the scores have moved.

        Args:
            inputs (Tensor): ``(N, 3, H, W)``, visible first.
            num_visible (int): How many are visible.
            last_map (Tensor): ``(N, C, h, w)`` what the backbone makes of
                them, in the same order.

        Returns:
            Tensor: A scalar.
        """
        with torch.no_grad():
            before = self.teacher['backbone'](inputs, num_visible)[-1]
            wanted = _classify(self.teacher['classifier'], before)
        return self.loss_module(_classify(self.classifier, last_map), wanted)


def _classify(classifier: nn.ModuleDict, last_map: Tensor) -> Tensor:
    pooled = last_map.mean((2, 3))
    return classifier['fc'](classifier['norm'](pooled))
