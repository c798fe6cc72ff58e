import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

from mmvireid.datasets import RegDB, image_cache
from mmvireid.datasets.image_cache import ImageCache


def folders(path: Path) -> list:
    return [p for p in path.iterdir() if p.is_dir()]


def test_cached_images_equal_those_of_the_plain_pipeline(
    toy_regdb, pipeline, tmp_path
):
    plain = RegDB(toy_regdb, pipeline=pipeline)
    cache = dict(dir=tmp_path, size=(48, 24))
    for _ in range(2):  # built, then found
        cached = RegDB(toy_regdb, pipeline=pipeline, cache=cache)
        for i in (0, 17, 39):
            assert torch.equal(cached[i]['inputs'], plain[i]['inputs'])
            a, b = cached[i]['data_samples'], plain[i]['data_samples']
            assert a.metainfo == b.metainfo
    assert len(folders(tmp_path)) == 1


def test_subset_reads_its_own_images(toy_regdb, pipeline, tmp_path):
    cache = dict(dir=tmp_path, size=(48, 24))
    dataset = RegDB(toy_regdb, pipeline=pipeline, cache=cache)
    subset = dataset.get_subset([30, 2])
    assert torch.equal(subset[0]['inputs'], dataset[30]['inputs'])


def test_a_changed_file_makes_another_cache(regdb_copy, tmp_path):
    paths = [str(p) for p in sorted(regdb_copy.glob('Visible/*/*'))]
    first = ImageCache(paths, tmp_path / 'cache', (8, 4))
    os.utime(paths[0], (1, 1))
    second = ImageCache(paths, tmp_path / 'cache', (8, 4))
    third = ImageCache(paths, tmp_path / 'cache', (8, 6))
    assert len({first.folder, second.folder, third.folder}) == 3


def test_images_cannot_be_changed_through_the_cache(toy_regdb, tmp_path):
    paths = [str(p) for p in sorted(toy_regdb.glob('Visible/*/*'))]
    cache = ImageCache(paths, tmp_path, (8, 4))
    image = cache.load(0)['img']
    before = image.copy()
    image[:] = 0
    assert np.array_equal(cache.load(0)['img'], before)


def test_unreadable_images(regdb_copy, pipeline, tmp_path):
    train = RegDB(regdb_copy, pipeline=pipeline)
    Path(train.get_data_info(0)['img_path']).write_bytes(b'no image')
    cache = dict(dir=tmp_path / 'cache', size=(48, 24))
    cached = RegDB(regdb_copy, pipeline=pipeline, cache=cache)
    assert cached[0]['data_samples'].pid == cached.pids[0]
    assert cached.corrupt_count == 1
    testing = RegDB(regdb_copy, pipeline=pipeline, cache=cache, test_mode=True)
    with pytest.raises(OSError, match='Cannot test on the image'):
        testing[0]


def test_interrupted_build_leaves_nothing(toy_regdb, tmp_path, monkeypatch):
    paths = [str(p) for p in sorted(toy_regdb.glob('Visible/*/*'))]

    def interrupt(self, images, shapes):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(ImageCache, '_fill', interrupt)
        with pytest.raises(KeyboardInterrupt):
            ImageCache(paths, tmp_path, (8, 4))
    assert folders(tmp_path) == []
    assert ImageCache(paths, tmp_path, (8, 4)).load(0)['img'].any()


def test_what_a_killed_build_leaves_is_removed(toy_regdb, tmp_path):
    paths = [str(p) for p in sorted(toy_regdb.glob('Visible/*/*'))]
    code = (
        'import os, signal, sys\n'
        'from mmvireid.datasets.image_cache import ImageCache as C\n'
        'C._fill = lambda *_: os.kill(os.getpid(), signal.SIGKILL)\n'
        'C(sys.argv[2:], sys.argv[1], (8, 4))\n'
    )
    killed = subprocess.run(
        [sys.executable, '-c', code, str(tmp_path), *paths]
    )
    assert killed.returncode == -signal.SIGKILL
    assert len(folders(tmp_path)) == 1
    cache = ImageCache(paths, tmp_path, (8, 4))
    assert folders(tmp_path) == [cache.folder]
    assert cache.load(0)['img'].any()


def test_a_passing_error_is_not_kept(toy_regdb, tmp_path, monkeypatch):
    paths = sorted(map(str, toy_regdb.rglob('Visible/*/*.bmp')))[:3]
    read = image_cache.read_bytes

    def once(path):
        monkeypatch.setattr(image_cache, 'read_bytes', read)
        raise OSError(5, 'Input/output error', path)

    monkeypatch.setattr(image_cache, 'read_bytes', once)
    with pytest.raises(OSError, match='Input/output'):
        ImageCache(paths, tmp_path, (48, 24)).load(0)
    cache = ImageCache(paths, tmp_path, (48, 24))
    assert all(cache.load(row)['img'].shape == (48, 24, 3) for row in (0, 1))


def test_several_processes_build_once(toy_regdb, tmp_path):
    code = (
        'import glob, os, sys, time\n'
        'from pathlib import Path\n'
        'from mmvireid.datasets.image_cache import ImageCache as C\n'
        'class Counting(C):\n'
        '    def _build(self):\n'
        '        print("built")\n'
        '        time.sleep(1)\n'  # the other one comes meanwhile
        '        super()._build()\n'
        'paths = sorted(glob.glob(sys.argv[1] + "/Visible/*/*"))\n'
        'Path(sys.argv[2], f"{os.getpid()}.ready").touch()\n'
        'while len(list(Path(sys.argv[2]).glob("*.ready"))) < 2:\n'
        '    time.sleep(0.01)\n'
        'Counting(paths, sys.argv[2], (8, 4)).load(3)\n'
    )
    processes = [
        subprocess.Popen(
            [sys.executable, '-c', code, str(toy_regdb), str(tmp_path)],
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    outputs = [process.communicate()[0] for process in processes]
    assert all(process.returncode == 0 for process in processes)
    assert sum(output.count('built') for output in outputs) == 1
    assert len(folders(tmp_path)) == 1


@pytest.mark.parametrize(
    'step', [dict(backend='pillow'), dict(interpolation='lanczos')]
)
def test_another_way_of_resizing_is_refused(
    toy_regdb, pipeline, tmp_path, step
):
    pipeline = [
        dict(item, **step) if item['type'] == 'Resize' else item
        for item in pipeline
    ]
    with pytest.raises(ValueError, match='Set cache.interpolation'):
        RegDB(
            toy_regdb,
            pipeline=pipeline,
            cache=dict(dir=tmp_path, size=(48, 24)),
        )
    assert folders(tmp_path) == []  # before the work


def test_pipeline_must_begin_with_the_loader(toy_regdb, pipeline, tmp_path):
    with pytest.raises(ValueError, match='must begin with'):
        RegDB(
            toy_regdb,
            pipeline=pipeline[1:],
            cache=dict(dir=tmp_path, size=(48, 24)),
        )


@pytest.mark.parametrize(
    ('step', 'asked'),
    [
        (dict(type='Resize', scale=(25, 48)), '48x25'),
        (
            dict(type='RandomResize', scale=(24, 48), ratio_range=(1, 1.5)),
            '72x36',
        ),
    ],
)
def test_less_than_the_pipeline_needs_is_refused(
    toy_regdb, pipeline, tmp_path, step, asked
):
    pipeline = [
        step if item['type'] == 'Resize' else item for item in pipeline
    ]
    with pytest.raises(ValueError, match=f'to {asked}, but .* holds 48x24'):
        RegDB(
            toy_regdb,
            pipeline=pipeline,
            cache=dict(dir=tmp_path, size=(48, 24)),
        )
    assert folders(tmp_path) == []
