import shutil
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch
from mmengine.registry import DefaultScope
from mmengine.runner import CheckpointLoader

sys.path.insert(0, str(Path(__file__).parents[1] / 'e2e'))
from small_agw import write_config

from mmvireid.apis import CrossModalityInferencer, fill_num_identities
from mmvireid.engine import CheckpointMismatchError
from mmvireid.evaluation import SavedFeatures
from mmvireid.registry import MODELS
from mmvireid.utils.config import load_config


@pytest.fixture(scope='module')
def files(tmp_path_factory, toy_regdb):
    """A config and a checkpoint of random weights."""
    folder = tmp_path_factory.mktemp('inferencer')
    config = write_config(folder, toy_regdb)
    cfg = load_config(config)
    fill_num_identities(cfg)
    with DefaultScope.overwrite_default_scope('mmvireid'):
        torch.manual_seed(0)
        model = MODELS.build(cfg.model)
        model.init_weights()
    for module in model.modules():
        if isinstance(module, torch.nn.BatchNorm2d):  # the stems' differ
            module.running_mean.uniform_(-0.1, 0.1)
    path = folder / 'model.pth'
    meta = dict(cfg=cfg.pretty_text)
    torch.save(dict(state_dict=model.state_dict(), meta=meta), path)
    return config, str(path)


@pytest.fixture(scope='module')
def inferencer(files):
    return CrossModalityInferencer(*files)


def test_features_equal_those_of_the_tool(
    files, inferencer, toy_regdb, load_tool, tmp_path
):
    load_tool('tools/test.py').main(
        [*files, '--work-dir', str(tmp_path), '--show-dir', str(tmp_path)]
    )
    saved = SavedFeatures.load(tmp_path / 'features.npz')
    kinds = [('visible', 'infrared')[m] for m in saved.images.modalities]
    # Shuffled, so that a batch has to be put back in the input's order.
    order = np.random.default_rng(0).permutation(len(kinds))
    found = inferencer(
        [saved.images.img_paths[i] for i in order],
        [kinds[i] for i in order],
        batch_size=7,
    )
    expected = torch.from_numpy(saved.features['bn'][order])
    torch.testing.assert_close(
        found['features'], expected, rtol=1e-4, atol=1e-5
    )


def test_arrays_folders_and_config_from_the_checkpoint(
    files, inferencer, toy_regdb
):
    folder = sorted((toy_regdb / 'Thermal').iterdir())[0]
    by_folder = inferencer(str(folder), 'infrared')
    assert by_folder['images'] == sorted(map(str, folder.iterdir()))
    arrays = [cv2.imread(path) for path in by_folder['images']]
    other = CrossModalityInferencer(weights=files[1])
    by_array = other(arrays, 'infrared')
    assert torch.equal(by_folder['features'], by_array['features'])
    norms = by_array['features'].norm(dim=1)
    torch.testing.assert_close(norms, torch.ones_like(norms))


def test_modality_and_flip_make_a_difference(files, inferencer, toy_regdb):
    image = str(next((toy_regdb / 'Visible').rglob('*.bmp')))
    visible = inferencer(image, 'visible')['features']
    infrared = inferencer(image, 'infrared')['features']
    assert not torch.allclose(infrared, visible)
    flipped = CrossModalityInferencer(*files, flip=True)
    assert not torch.equal(flipped(image, 'visible')['features'], visible)


def test_compare_and_rank(inferencer, toy_regdb):
    image = str(next((toy_regdb / 'Visible').rglob('*.bmp')))
    gallery = toy_regdb / 'Visible'
    assert inferencer.compare(
        image, 'visible', image, 'visible'
    ) == pytest.approx(1, abs=1e-5)
    ranked = inferencer.rank(image, 'visible', gallery, 'visible', top=3)
    assert ranked[0] == (image, pytest.approx(1, abs=1e-5))
    scores = [score for _, score in ranked]
    assert len(scores) == 3
    assert scores == sorted(scores, reverse=True)
    assert scores[1] == pytest.approx(
        inferencer.compare(image, 'visible', ranked[1][0], 'visible'),
        abs=1e-5,
    )
    known = inferencer(gallery, 'visible')
    assert inferencer.rank(image, 'visible', known, top=3) == ranked


def test_wrong_input(files, inferencer, tmp_path):
    with pytest.raises(ValueError, match='thermal'):
        inferencer('a.jpg', 'thermal')
    with pytest.raises(ValueError, match='for 1 images'):
        inferencer(['a.jpg'], ['visible', 'visible'])
    with pytest.raises(ValueError, match='modality must be one of'):
        inferencer(['a.jpg'], None)
    with pytest.raises(FileNotFoundError, match='"a.jpg"'):
        inferencer('a.jpg', 'visible')
    with pytest.raises(FileNotFoundError, match='no image in'):
        inferencer(str(tmp_path), 'visible')
    with pytest.raises(ValueError, match='weights'):
        CrossModalityInferencer(files[0])


def test_missing_weights(files, tmp_path):
    checkpoint = CheckpointLoader.load_checkpoint(files[1])
    del checkpoint['state_dict']['neck.bn.weight']
    torch.save(checkpoint, tmp_path / 'poor.pth')
    with pytest.raises(CheckpointMismatchError, match='neck.bn.weight'):
        CrossModalityInferencer(files[0], str(tmp_path / 'poor.pth'))


def test_what_is_no_image(inferencer, tmp_path):
    (tmp_path / 'text.jpg').write_text('no image')
    with pytest.raises(ValueError, match='text.jpg" cannot be read'):
        inferencer(str(tmp_path / 'text.jpg'), 'visible')
    with pytest.raises(ValueError, match='list of images is empty'):
        inferencer([], 'visible')


def test_checkpoint_without_a_config(files, tmp_path):
    weights = CheckpointLoader.load_checkpoint(files[1])['state_dict']
    torch.save(weights, tmp_path / 'bare.pth')
    with pytest.raises(ValueError, match='holds no config'):
        CrossModalityInferencer(weights=str(tmp_path / 'bare.pth'))
    model = Path(files[0])
    CrossModalityInferencer(model, str(tmp_path / 'bare.pth'))


def test_model_of_another_kind(files):
    cfg = load_config(files[0])
    cfg.model.type = 'SPNet'
    with pytest.raises(ValueError, match='for a CrossModalityModel'):
        CrossModalityInferencer(cfg, files[1])


def test_gray_arrays_are_images_too(inferencer, toy_regdb):
    path = next(toy_regdb.rglob('Thermal/*/*.bmp'))
    gray = cv2.imread(str(path), cv2.IMREAD_GRAYSCALE)
    arrays = [cv2.merge([gray] * 3), gray, gray[..., None]]
    features = inferencer(arrays, 'infrared')['features']
    torch.testing.assert_close(features, features[:1].expand_as(features))


@pytest.mark.parametrize(
    'image', [np.zeros((96, 48, 4), 'uint8'), np.zeros((96, 48, 3))]
)
def test_other_arrays_are_refused(inferencer, image):
    with pytest.raises(ValueError, match=r'uint8 in 0..255, but it is \(96'):
        inferencer(image, 'visible')


def test_hidden_files_are_no_images(inferencer, toy_regdb, tmp_path):
    path = next(toy_regdb.rglob('Thermal/*/*.bmp'))
    shutil.copy(path, tmp_path / 'a.bmp')
    (tmp_path / '._a.bmp').write_bytes(b'Mac OS X')
    found = inferencer(str(tmp_path), 'infrared')['images']
    assert found == [str(tmp_path / 'a.bmp')]


def test_puzzles_are_not_laid(files, inferencer, toy_regdb):
    """A model of MMGL sees images in order."""
    cfg = load_config(files[0])
    puzzle = dict(type='StripePermutation', num_stripes=6)
    cfg.model.data_preprocessor.batch_augments = [puzzle]
    path = str(next(toy_regdb.rglob('Thermal/*/*.bmp')))
    found = CrossModalityInferencer(cfg.to_dict(), files[1])(path, 'infrared')
    expected = inferencer(path, 'infrared')
    assert torch.equal(found['features'], expected['features'])


def test_features_that_are_not_finite_are_refused(files, toy_regdb):
    broken = CrossModalityInferencer(*files)
    broken.model.neck.bn.running_mean[0] = float('nan')
    path = str(next(toy_regdb.rglob('Thermal/*/*.bmp')))
    with pytest.raises(ValueError, match='of 1 of 1 images are not finite'):
        broken(path, 'infrared')


def test_config_without_a_test_pipeline_is_refused(files):
    cfg = load_config(files[0])
    cfg.pop('test_dataloader')
    with pytest.raises(ValueError, match='must have test_dataloader'):
        CrossModalityInferencer(cfg, files[1])
