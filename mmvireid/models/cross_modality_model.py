"""The one model class of all re-identification methods."""

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from mmengine.model import BaseModel, ModuleDict
from torch import Tensor

from mmvireid.registry import MODELS
from mmvireid.structures import Batch

from .backbones import feature_widths


@MODELS.register_module()
class CrossModalityModel(BaseModel):
    """Backbone, neck and a dict of heads over a two-modality batch.

    Widths are inferred: the neck is told that of the backbone's last map,
    the heads those of the neck's features.

    Args:
        backbone (dict): Config of a :class:`TwoStream`.
        neck (dict): Config of a neck: it maps the backbone's last map
            ``(B, C, h, w)`` to a dict of features and says their widths in
            ``out_channels``.
        heads (dict[str, dict]): Configs of the heads, by name. A dict and not
            a list, so that a config can change one and inherit the rest; None
            leaves one out that it inherits.
        num_identities (int, optional): The number of training identities.
            ``tools/train.py`` takes it from the dataset.
        test_cfg (dict, optional): ``flip`` (bool): whether to average each
            feature with that of the mirrored image (Ye et al., ICCV 2021).
            Defaults to no averaging. ``features`` (list[str]): which
            features to return. Defaults to ``['global', 'bn']``.
        data_preprocessor (dict, optional): Config of the preprocessor.
            Defaults to :class:`CrossModalityDataPreprocessor`.
        init_cfg (dict | list[dict], optional): Initialisation of the whole.

    Raises:
        ValueError: If a head's name contains ``loss``, a head returns no
            loss or misnames a value, or ``test_cfg`` names an unknown
            feature.
    """

    def __init__(
        self,
        backbone: dict,
        neck: dict,
        heads: dict,
        num_identities: int | None = None,
        test_cfg: dict | None = None,
        data_preprocessor: dict | None = None,
        init_cfg: dict | list | None = None,
    ) -> None:
        super().__init__(
            data_preprocessor or dict(type='CrossModalityDataPreprocessor'),
            init_cfg,
        )
        self.backbone = MODELS.build(backbone)
        width = feature_widths(self.backbone)[-1]
        self.neck = MODELS.build({**neck, 'in_channels': width})
        given = dict(
            widths=self.neck.out_channels, num_identities=num_identities
        )
        for name in heads:
            if 'loss' in name:
                raise ValueError(
                    f'Head "{name}" must not have "loss" in its name: every '
                    'value it returns would be added to the total loss.'
                )
        self.heads = ModuleDict(
            {name: MODELS.build({**cfg, **given})
             for name, cfg in heads.items() if cfg is not None}
        )  # fmt: skip
        self._read_test_cfg(**(test_cfg or {}))

    def _read_test_cfg(
        self, flip: bool = False, features: Sequence = ('global', 'bn')
    ) -> None:
        unknown = set(features) - set(self.neck.out_channels)
        if unknown:
            raise ValueError(
                f'test_cfg asks for the features {sorted(unknown)}, but the '
                f'neck gives {sorted(self.neck.out_channels)}.'
            )
        self.flip = flip
        self.test_features = tuple(features)

    def forward(
        self,
        inputs: Tensor,
        data_samples: list | None = None,
        mode: str = 'tensor',
        *,
        num_visible: int,
        restore: Tensor | None = None,
    ) -> dict | list:
        """Run the model on a batch from the preprocessor.

        Args:
            inputs (Tensor): ``(B, 3, H, W)``, visible first.
            data_samples (list[DataSample], optional): The samples, in the
                order of the inputs; needed but for ``mode='tensor'``.
            mode (str): ``'loss'``, ``'predict'`` or ``'tensor'``.
            num_visible (int): How many of the inputs are visible.
            restore (Tensor, optional): Positions that bring the samples back
                to the order in which the preprocessor got them.

        Returns:
            dict | list: For ``'loss'`` a dict of losses, for ``'predict'``
            the samples with their ``features``, for ``'tensor'`` a dict of
            features.

        Raises:
            RuntimeError: If the mode is unknown.
        """
        if mode == 'loss':
            return self.loss(inputs, data_samples, num_visible)
        if mode == 'predict':
            return self.predict(inputs, data_samples, num_visible, restore)
        if mode == 'tensor':
            return self.extract(inputs, num_visible)
        raise RuntimeError(
            f"mode must be 'loss', 'predict' or 'tensor', but it is '{mode}'."
        )

    def extract(self, inputs: Tensor, num_visible: int) -> dict:
        """Compute the features of a batch.

        Args:
            inputs (Tensor): ``(B, 3, H, W)``, visible first.
            num_visible (int): How many of them are visible.

        Returns:
            dict[str, Tensor]: What the neck gives: ``map``, ``global``,
            ``bn``, ...
        """
        return self.neck(self.backbone(inputs, num_visible)[-1])

    def loss(
        self, inputs: Tensor, data_samples: list, num_visible: int
    ) -> dict:
        """Compute the losses of all heads.

        Args:
            inputs (Tensor): ``(B, 3, H, W)``, visible first.
            data_samples (list[DataSample]): Their samples.
            num_visible (int): How many of them are visible.

        Returns:
            dict[str, Tensor]: ``<head>.<value>``; those to be optimised are
            named ``<head>.loss_<name>``.
        """
        features = self.extract(inputs, num_visible)
        batch = Batch.from_samples(data_samples, num_visible, inputs.device)
        losses = {}
        for name, head in self.heads.items():
            values = head.loss(features, batch)
            _check_names(name, values)
            losses.update({f'{name}.{k}': v for k, v in values.items()})
        return losses

    def predict(
        self,
        inputs: Tensor,
        data_samples: list,
        num_visible: int,
        restore: Tensor | None = None,
    ) -> list:
        """Compute the unit-norm features to match images by.

        Args:
            inputs (Tensor): ``(B, 3, H, W)``, visible first.
            data_samples (list[DataSample]): Their samples.
            num_visible (int): How many of them are visible.
            restore (Tensor, optional): Positions that bring the samples back
                to the order in which the preprocessor got them.

        Returns:
            list[DataSample]: The samples, each with a dict ``features`` of
            unit vectors ``(C,)`` in float32 on the CPU, and with what the
            heads add.
        """
        outputs = self.extract(inputs, num_visible)
        features = self._unit_features(outputs)
        if self.flip:
            mirrored = self._unit_features(
                self.extract(inputs.flip(-1), num_visible)
            )
            features = {
                name: F.normalize(feature + mirrored[name])
                for name, feature in features.items()
            }
        features = {name: f.float().cpu() for name, f in features.items()}
        predictions = {
            name: value.cpu()
            for head in self.heads.values()
            for name, value in head.predict(outputs).items()
        }
        for i, sample in enumerate(data_samples):
            rows = {name: f[i].clone() for name, f in features.items()}
            sample.set_field(rows, 'features')
            for name, value in predictions.items():
                sample.set_field(value[i].clone(), name)
        if restore is None:
            return data_samples
        return [data_samples[i] for i in restore]

    def _unit_features(self, features: dict) -> dict:
        # In float32, for half precision loses the norm's small parts.
        return {
            name: F.normalize(features[name].to(torch.float32))
            for name in self.test_features
        }


def _check_names(head: str, values: dict) -> None:
    """Check that mmengine will sum just the losses of a head."""
    losses = [key for key in values if key.startswith('loss_')]
    wrong = [key for key in values if 'loss' in key and key not in losses]
    if wrong or not losses:
        raise ValueError(
            f'Head "{head}" returned {sorted(values)}: at least one value '
            'must be named "loss_<name>", and no other may contain "loss".'
        )
