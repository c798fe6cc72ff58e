"""Fixtures that all tests share."""

import importlib.util
import os
import socket
import subprocess
import sys
from pathlib import Path

# before torch and OpenCV start their threads: tests share few cores
os.environ.setdefault('OMP_NUM_THREADS', '1')

import cv2
import numpy as np
import pytest
import torch

from mmvireid.datasets.conversion import (
    convert_coco_persons,
    convert_cuhk_sysu,
    convert_prw,
)
from mmvireid.datasets.toy import render_toy_dataset
from mmvireid.datasets.toy.scenes import SceneSpec, render_toy_scenes

ROOT = Path(__file__).parents[1]


@pytest.fixture(autouse=True)
def _distrust_checkpoints():
    """What one test trusts, the next one does not."""
    yield
    if 'mmvireid.engine.safe_loading' in sys.modules:
        sys.modules['mmvireid.engine.safe_loading']._TRUSTED.clear()


@pytest.fixture(autouse=True, scope='session')
def _one_thread():
    torch.set_num_threads(1)


def _render(tmp_path_factory, layout: str) -> Path:
    root = tmp_path_factory.mktemp('toy') / layout
    render_toy_dataset(root, layout=layout, size=(96, 48))
    return root


@pytest.fixture(scope='session')
def toy_sysu(tmp_path_factory) -> Path:
    """A toy set in SYSU-MM01's layout: 8 + 2 + 4 ids. Read only."""
    return _render(tmp_path_factory, 'sysu')


@pytest.fixture(scope='session')
def toy_regdb(tmp_path_factory) -> Path:
    """A toy set in RegDB's layout: 10 + 4 ids, ten trials. Read only."""
    return _render(tmp_path_factory, 'regdb')


@pytest.fixture(scope='session')
def toy_llcm(tmp_path_factory) -> Path:
    """A toy set in LLCM's layout: 10 + 4 ids. Read only."""
    return _render(tmp_path_factory, 'llcm')


@pytest.fixture(scope='session')
def toy_cuhk_sysu(tmp_path_factory) -> Path:
    """Toy scenes in CUHK-SYSU's layout, converted. Read only."""
    root = tmp_path_factory.mktemp('scenes') / 'cuhk_sysu'
    render_toy_scenes(root, 'cuhk_sysu', SceneSpec(48, 8, 54, 12), (96, 128))
    convert_cuhk_sysu(root)
    return root


@pytest.fixture(scope='session')
def toy_prw(tmp_path_factory) -> Path:
    """Toy scenes in PRW's layout, two of six cameras infrared. Read only."""
    root = tmp_path_factory.mktemp('scenes') / 'prw'
    spec = SceneSpec(40, 8, 45, 12, infrared_cameras=(2, 5))
    render_toy_scenes(root, 'prw', spec, (96, 128))
    convert_prw(root, spec.infrared_cameras)
    return root


@pytest.fixture(scope='session')
def toy_coco(tmp_path_factory) -> Path:
    """Toy scenes in COCO's layout, converted. Read only."""
    root = tmp_path_factory.mktemp('scenes') / 'coco'
    render_toy_scenes(root, 'coco', SceneSpec(0, 0, 16, 4), (96, 128))
    convert_coco_persons(root)
    return root


@pytest.fixture(scope='session')
def toy_classes(tmp_path_factory) -> Path:
    """Images of four classes in ImageNet's layout. Read only."""
    root = tmp_path_factory.mktemp('classes')
    rng = np.random.default_rng(0)
    for label in range(4):
        (root / f'n{label:08d}').mkdir()
        for i in range(8):
            image = rng.integers(0, 256, (4, 4, 3)).astype(np.uint8)
            image[..., label % 3] = 255 * (label > 1)
            image = cv2.resize(image, (40, 40))
            cv2.imwrite(str(root / f'n{label:08d}' / f'{i}.jpg'), image)
    return root


@pytest.fixture(scope='session')
def run_in_two_processes():
    """Run a script in two processes that know of each other."""

    def run(script: Path, *arguments) -> None:
        with socket.socket() as free:
            free.bind(('127.0.0.1', 0))
            port = free.getsockname()[1]
        result = subprocess.run(
            [
                *(sys.executable, '-W', 'ignore'),
                *('-m', 'torch.distributed.run', '--nproc_per_node', '2'),
                *('--master_port', str(port), script, *arguments),
            ],
            capture_output=True,
            text=True,
        )
        assert result.returncode == 0, result.stderr[-9000:]

    return run


@pytest.fixture(scope='session')
def load_tool():
    """Import a script by its path relative to the repository."""

    def load(path: str):
        spec = importlib.util.spec_from_file_location(
            Path(path).stem, ROOT / path
        )
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module

    return load
