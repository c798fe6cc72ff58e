import shutil
from pathlib import Path

import pytest

PIPELINE = [
    dict(type='LoadImageFromFile'),
    dict(type='Resize', scale=(24, 48)),
    dict(type='PackCrossModalityInputs'),
]


@pytest.fixture(autouse=True)
def _scope():
    from mmengine.registry import init_default_scope

    init_default_scope('mmvireid')


@pytest.fixture
def pipeline() -> list:
    """Load, resize to 48 x 24 and pack."""
    return PIPELINE


@pytest.fixture
def sysu_copy(toy_sysu, tmp_path) -> Path:
    """A toy SYSU-MM01 that a test may damage."""
    return Path(shutil.copytree(toy_sysu, tmp_path / 'sysu'))


@pytest.fixture
def regdb_copy(toy_regdb, tmp_path) -> Path:
    """A toy RegDB that a test may damage."""
    return Path(shutil.copytree(toy_regdb, tmp_path / 'regdb'))


@pytest.fixture
def llcm_copy(toy_llcm, tmp_path) -> Path:
    """A toy LLCM that a test may damage."""
    return Path(shutil.copytree(toy_llcm, tmp_path / 'llcm'))
