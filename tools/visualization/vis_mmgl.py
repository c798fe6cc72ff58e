"""Draw what an MMGL model has learned, on the images of the test split.

    python tools/visualization/vis_mmgl.py CONFIG CHECKPOINT --out-dir DIR

Writes recovered.png (original, shuffled and recovered images),
soft_permutations.png, part_cycles.png (what stripes retrieve in the other
modality, if the model has a PartCycleContrastHead), and tsne_before.png and
tsne_after.png (features of both modalities at random weights and with the
checkpoint's).
"""

import argparse
from pathlib import Path

import mmcv
import numpy as np
import torch
from mmengine.config import Config, DictAction
from mmengine.registry import init_default_scope
from mmengine.runner import CheckpointLoader, Runner
from torch import Tensor, nn

from mmvireid.engine.hooks.checkpoint_guard_hook import (
    require_feature_weights,
)
from mmvireid.evaluation import ImageList, SavedFeatures
from mmvireid.models.batch_augments.stripe_permutation import shuffle_stripes
from mmvireid.models.heads import (
    GumbelSinkhornHead,
    PartCycleContrastHead,
)
from mmvireid.registry import MODELS
from mmvireid.utils.command_line import add_trust_argument, short_errors
from mmvireid.utils.config import load_config, require_model
from mmvireid.visualization import (
    choose_identities,
    draw_tsne,
    part_cycle_sheet,
    recovery_sheet,
    soft_permutation_sheet,
)

#: of each identity and modality
IMAGES = 10


def parse_args(argv: list | None = None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('config', help='config file of the pre-training')
    parser.add_argument('checkpoint', help='checkpoint file or URL')
    parser.add_argument(
        '--out-dir',
        default='work_dirs/vis_mmgl',
        help='where the pictures go (default: %(default)s)',
    )
    parser.add_argument(
        '--number',
        type=int,
        default=12,
        help='how many identities to show (default: %(default)s)',
    )
    parser.add_argument('--cfg-options', nargs='+', action=DictAction)
    add_trust_argument(parser)
    return parser.parse_args(argv)


def choose_images(dataset, number: int) -> list[list[int]]:
    """Choose images of identities spaced evenly over the dataset.

    Args:
        dataset (CrossModalityDataset): The dataset.
        number (int): Identities; of each at most ``IMAGES`` of a modality.

    Returns:
        list[list[int]]: For each of the two modalities the indices of its
        images, identity by identity.
    """
    chosen = choose_identities(dataset.labels, dataset.modalities, number)
    return [
        [
            int(index)
            for label in chosen
            for index in np.flatnonzero(
                (dataset.labels == label) & (dataset.modalities == modality)
            )[:IMAGES]
        ]
        for modality in range(2)
    ]


@torch.no_grad()
def predict(model: nn.Module, dataset, indices: list) -> tuple:
    """Run the model on some images.

    Args:
        model (nn.Module): The model.
        dataset (Dataset): The dataset.
        indices (list[int]): Visible images first.

    Returns:
        tuple[Tensor, list[DataSample], dict, Tensor]: The images
        ``(B, 3, H, W)`` as packed, the predictions, the neck's features of
        the shuffled images, and the pooled ones ``(B, C)`` of the images as
        they were.
    """
    packed = [dataset[index] for index in indices]
    data = {
        key: [item[key] for item in packed]
        for key in ('inputs', 'data_samples')
    }
    images = torch.stack(data['inputs'])
    batch = model.data_preprocessor(data, training=False)
    samples = model(**batch, mode='predict')
    num_visible = batch['num_visible']
    features = model.extract(batch['inputs'], num_visible)
    order = torch.stack([sample.permutation for sample in samples])
    in_order = shuffle_stripes(batch['inputs'], order.argsort(dim=1))
    pooled = model.extract(in_order, num_visible)['global']
    return images, samples, features, pooled


def draw_map(
    samples: list, pooled: Tensor, path: Path, number: int, title: str
) -> None:
    """Draw the t-SNE map of the pooled features.

    Args:
        samples (list[DataSample]): Predictions.
        pooled (Tensor): ``(B, C)`` features.
        path (Path): The picture.
        number (int): Identities.
        title (str): Stands above it.
    """
    columns = [
        np.array([sample.get(name) for sample in samples])
        for name in ('pid', 'cam_id', 'modality')
    ]
    paths = [sample.img_path for sample in samples]
    saved = SavedFeatures(
        {'global': pooled.numpy()}, ImageList(*columns, paths)
    )
    draw_tsne(saved, 'global', path, number, title=title)


def require_puzzle(cfg: Config) -> None:
    """Refuse a config without a head that recovers permutations."""
    require_model(cfg, 'CrossModalityModel')
    heads = [head.type.split('.')[-1] for head in cfg.model.heads.values()]
    if GumbelSinkhornHead.__name__ not in heads:
        raise ValueError(
            f'This is for models with a {GumbelSinkhornHead.__name__}, but '
            f'the config has {heads}.'
        )


def build(cfg: Config) -> nn.Module:
    """Build the model at random weights."""
    model = MODELS.build(cfg.model)
    model.init_weights()
    return model.eval()


def first_of_each(samples: list) -> list[int]:
    """Return the index of the first image of each person and modality."""
    first = {}
    for index, sample in enumerate(samples):
        first.setdefault((sample.modality, sample.pid), index)
    return list(first.values())


def draw_recovery(images: Tensor, samples: list, folder: Path) -> None:
    """Draw recovered images and soft permutations."""
    logits = torch.stack([s.permutation_logits for s in samples])
    soft = torch.stack([s.soft_permutation for s in samples])
    truth = torch.stack([s.permutation for s in samples])
    sheets = dict(
        recovered=recovery_sheet(images, logits, truth),
        soft_permutations=soft_permutation_sheet(soft, truth),
    )
    for name, sheet in sheets.items():
        mmcv.imwrite(sheet[..., ::-1], str(folder / f'{name}.png'))


def draw_cycles(
    model: nn.Module, images: Tensor, samples: list, features: dict, path: Path
) -> None:
    """Draw the cycles of the model's contrast, if it has one."""
    heads = model.heads.values()
    cycle = next(
        (h for h in heads if isinstance(h, PartCycleContrastHead)), None
    )
    if cycle is None:
        return
    permutations = torch.stack([s.permutation for s in samples])
    num_visible = sum(sample.modality == 0 for sample in samples)
    sheet = part_cycle_sheet(
        shuffle_stripes(images.float(), permutations),
        features[cycle.feature],
        num_visible,
        cycle.loss_module,
    )
    mmcv.imwrite(sheet[..., ::-1], str(path))


@short_errors()
def main(argv: list | None = None) -> None:
    """Draw the pictures."""
    args = parse_args(argv)
    cfg = load_config(args.config, args.cfg_options)
    init_default_scope(cfg.get('default_scope', 'mmvireid'))
    require_puzzle(cfg)
    checkpoint = CheckpointLoader.load_checkpoint(args.checkpoint, 'cpu')
    weights = checkpoint.get('state_dict', checkpoint)
    loader = dict(cfg.test_dataloader, num_workers=0, persistent_workers=False)
    dataset = Runner.build_dataloader(loader).dataset
    indices = sum(choose_images(dataset, args.number), [])
    model = build(cfg)
    folder = Path(args.out_dir)
    folder.mkdir(parents=True, exist_ok=True)
    _, samples, _, pooled = predict(model, dataset, indices)
    title, number = 'random weights', args.number
    draw_map(samples, pooled, folder / 'tsne_before.png', number, title)
    require_feature_weights(model)
    model.load_state_dict(weights)
    images, samples, features, pooled = predict(model, dataset, indices)
    title = Path(args.config).stem
    draw_map(samples, pooled, folder / 'tsne_after.png', number, title)
    shown = first_of_each(samples)
    images, samples = images[shown], [samples[i] for i in shown]
    features = {name: value[shown] for name, value in features.items()}
    draw_recovery(images, samples, folder)
    draw_cycles(model, images, samples, features, folder / 'part_cycles.png')
    print(f'Pictures written to {folder}.')


if __name__ == '__main__':
    main()
