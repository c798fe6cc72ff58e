import importlib.metadata
import os
import subprocess
import sys

import pytest

from mmvireid import compat

HEAVY = ('mmdet', 'cv2', 'matplotlib', 'sklearn', 'mmpretrain', 'mmcv')


def run(code: str, **variables: str) -> str:
    return subprocess.run(
        [sys.executable, '-W', 'ignore', '-c', code],
        check=True, capture_output=True, text=True, env=os.environ | variables,
    ).stdout  # fmt: skip


def test_import_stays_light():
    code = (
        'import sys, mmvireid\n'
        f'print([m for m in {HEAVY} if m in sys.modules])'
    )
    assert run(code).strip() == '[]'


def test_mmdet_models_import_without_compiled_ops():
    code = (
        'import mmvireid, mmdet.models, torch\n'
        'from mmcv.ops import RoIAlign\n'
        'from mmcv import ops, _ext\n'
        'rois = torch.tensor([[0., 0, 0, 4, 4]])\n'
        'align = RoIAlign(2, use_torchvision=True)\n'
        'print(align(torch.ones(1, 1, 8, 8), rois).sum().item())\n'
    )
    assert run(code).split()[-1] == '4.0'


def test_missing_op_explains_itself():
    module = compat.MissingOpsFinder().create_module(
        compat.MissingOpsFinder().find_spec('mmcv._ext')
    )
    with pytest.raises(ImportError, match='compiled op "nms"'):
        module.nms()


def test_finder_answers_for_nothing_else_and_stands_last_once():
    assert compat.MissingOpsFinder().find_spec('mmcv.ops') is None
    compat.install_missing_ops_finder()
    finders = [isinstance(f, compat.MissingOpsFinder) for f in sys.meta_path]
    assert sum(finders) == 1


@pytest.mark.parametrize(
    ('version', 'found'), [('4.57', True), ('5.0', False)]
)
def test_language_models_are_left_out_beside_transformers_5(
    tmp_path, version, found
):
    info = tmp_path / f'transformers-{version}.dist-info'
    info.mkdir()
    text = f'Metadata-Version: 2.1\nName: transformers\nVersion: {version}\n'
    (info / 'METADATA').write_text(text)
    # That the others import is seen with 5 alone: no 4 is really here.
    code = (
        'import mmvireid\n'
        'from mmpretrain.utils.dependency import WITH_MULTIMODAL\n'
        'if not WITH_MULTIMODAL: import mmpretrain.models, mmdet.models\n'
        'print(WITH_MULTIMODAL)'
    )
    assert run(code, PYTHONPATH=str(tmp_path)).split()[-1] == str(found)


def pretend(monkeypatch, **versions):
    def version(name):
        if name not in versions:
            raise importlib.metadata.PackageNotFoundError(name)
        return versions[name]

    monkeypatch.setattr(importlib.metadata, 'version', version)


GOOD = dict(torch='2.11.0', mmengine='0.10.12', mmcv='2.3.6')


@pytest.mark.parametrize(
    ('versions', 'message'),
    [
        (dict(GOOD), 'needs onedl-mmpretrain>=1.3.0'),
        (dict(GOOD, mmengine='0.10.7'), 'mmengine 0.10.7 is installed'),
    ],
)
def test_missing_or_old_toolboxes_are_refused(monkeypatch, versions, message):
    pretend(monkeypatch, **versions)
    with pytest.raises(ImportError, match=message):
        compat.check_versions()


def test_newer_toolboxes_only_warn(monkeypatch):
    pretend(monkeypatch, **dict(GOOD, mmpretrain='1.3.2', torch='2.99.1+cpu'))
    with pytest.warns(UserWarning, match='torch 2.99.1.* is newer') as caught:
        compat.check_versions()
    assert len(caught) == 1  # of the newer one alone
