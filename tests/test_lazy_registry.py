import subprocess
import sys
import types

import pytest
from mmengine.registry import Registry

from mmvireid.registry import LazyRegistry

CHECK = """
import sys
from mmvireid.registry import DATASETS, TRANSFORMS
assert DATASETS.get('RegDB') and TRANSFORMS.get('LoadImageFromFile')
assert 'mmdet' not in sys.modules
assert DATASETS.get('PRW') and TRANSFORMS.get('mmvireid.FocusedCrop')
assert 'mmdet' in sys.modules
"""


def test_mmdet_is_imported_only_for_person_search():
    assert subprocess.run([sys.executable, '-c', CHECK]).returncode == 0


@pytest.fixture
def registry(monkeypatch) -> LazyRegistry:
    parent = Registry('thing', scope='parent')
    parent.register_module(name='Common', module=int)
    registry = LazyRegistry(
        'thing', parent=parent, scope='child', person_search='late_parts'
    )
    registry.register_module(name='Own', module=str)
    late = types.ModuleType('late_parts')
    monkeypatch.delitem(sys.modules, 'late_parts', raising=False)

    def load(name):
        assert name == 'late_parts'
        sys.modules[name] = late
        registry.register_module(name='Late', module=float)
        # what is looked up while it is being imported must not loop
        assert registry.get('Late') is float

    monkeypatch.setattr('mmvireid.registry.import_module', load)
    yield registry
    sys.modules.pop('late_parts', None)


def test_late_parts_wait_until_asked_for(registry):
    assert registry.get('Own') is str
    assert registry.get('Common') is int
    assert 'late_parts' not in sys.modules
    assert registry.get('Late') is float
    assert registry.get('child.Late') is float
    assert registry.get('NoSuchThing') is None


def test_without_mmdet(registry, monkeypatch):
    lines = []
    monkeypatch.setattr('mmvireid.registry.find_spec', lambda name: None)
    monkeypatch.setattr(
        'mmvireid.registry.print_log',
        lambda message, **kwargs: lines.append(message),
    )
    assert registry.get('Own') is str
    assert not lines
    assert registry.get('Late') is None
    assert 'requirements/detection.txt' in lines[0]
