import shutil

import cv2
import numpy as np
import pytest
from mmengine.registry import init_default_scope

from mmvireid.datasets import ImageNetSubset, imagenet_subset

TOOL = 'tools/dataset_converters/write_imagenet_manifest.py'


@pytest.fixture(scope='module')
def folder(tmp_path_factory):
    """Six classes of 4 to 9 images."""
    root = tmp_path_factory.mktemp('imagenet')
    for label in range(6):
        name = root / f'n{label:08d}'
        name.mkdir()
        for i in range(4 + label):
            image = np.full((8, 8, 3), 20 * label, np.uint8)
            cv2.imwrite(str(name / f'{i}.png'), image)
    return root


@pytest.fixture(autouse=True)
def _scope():
    init_default_scope('mmvireid')


def paths(dataset):
    return [dataset.get_data_info(i)['img_path'] for i in range(len(dataset))]


def test_all_classes_and_images(folder):
    dataset = ImageNetSubset(folder)
    assert len(dataset) == sum(range(4, 10))
    assert dataset.metainfo['num_identities'] == 6
    assert dataset.metainfo['classes'][0] == 'n00000000'
    labels = [dataset.get_data_info(i)['gt_label'] for i in range(39)]
    assert sorted(set(labels)) == list(range(6))


def test_a_part_is_drawn_as_documented(folder, monkeypatch):
    notes = []
    monkeypatch.setattr(
        imagenet_subset, 'print_log', lambda text, **_: notes.append(text)
    )
    dataset = ImageNetSubset(folder, num_classes=3, images_per_class=6)
    rng = np.random.RandomState(42)  # noqa: NPY002
    expected = {}
    for index in rng.choice(6, 3, replace=False):
        files = sorted((folder / f'n{index:08d}').iterdir())
        number = min(6, len(files))
        kept = rng.choice(len(files), number, replace=False)
        expected[index] = [str(files[i]) for i in sorted(kept)]
    assert paths(dataset) == [
        path for index in sorted(expected) for path in expected[index]
    ]
    assert dataset.metainfo['num_identities'] == 3
    (note,) = notes
    assert '2 of 3 classes have fewer than 6 images, 4 at least' in note
    names = [f'n{index:08d}' for index in sorted(expected)]
    assert list(dataset.metainfo['classes']) == names
    again = ImageNetSubset(folder, num_classes=3, images_per_class=6)
    assert paths(again) == paths(dataset)
    other = ImageNetSubset(folder, num_classes=3, images_per_class=6, seed=1)
    assert paths(other) != paths(dataset)


def test_classes_give_500_more_images_than_there_are_classes(folder):
    assert ImageNetSubset(folder, num_classes=2).images_per_class == 502


def test_manifest_lists_the_same_images(folder, tmp_path, load_tool, capsys):
    manifest = tmp_path / 'manifest.txt'
    options = ['--num-classes', '4', '--images-per-class', '5']
    load_tool(TOOL).main([str(folder), str(manifest), *options])
    assert 'images of 4 classes' in capsys.readouterr().out
    drawn = ImageNetSubset(folder, num_classes=4, images_per_class=5)
    listed = ImageNetSubset(str(folder), ann_file=str(manifest))
    assert paths(listed) == paths(drawn)
    assert listed.metainfo['num_identities'] == 4


def test_too_many_classes(folder):
    with pytest.raises(ValueError, match='has 6 classes, but num_classes=7'):
        ImageNetSubset(folder, num_classes=7)


@pytest.mark.parametrize('option', ['num_classes', 'images_per_class'])
def test_numbers_must_be_positive(folder, option):
    with pytest.raises(ValueError, match=f'{option} must be at least 1'):
        ImageNetSubset(folder, **{option: 0})


def test_unreadable_images_are_replaced_within_their_class(folder, tmp_path):
    root = tmp_path / 'images'
    shutil.copytree(folder, root)
    broken = root / 'n00000002' / '0.png'
    broken.write_bytes(b'')
    dataset = ImageNetSubset(
        root,
        pipeline=[
            dict(type='LoadImageFromFile'),
            dict(type='PackCrossModalityInputs'),
        ],
    )
    index = paths(dataset).index(str(broken))
    sample = dataset[index]['data_samples']
    assert sample.gt_label.item() == 2
    assert sample.img_path != str(broken)
    assert dataset.corrupt_count == 1


def test_a_folder_that_is_not_there(tmp_path):
    with pytest.raises(FileNotFoundError, match='expects images in folders'):
        ImageNetSubset(str(tmp_path / 'none'))
