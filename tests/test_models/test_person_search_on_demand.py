"""Re-identification does without mmdet, which is imported on demand."""

import subprocess
import sys

import pytest

WITHOUT = """
import sys
sys.modules['mmdet'] = None  # as if it were not installed
from mmvireid.registry import MODELS, TASK_UTILS
import mmvireid.models
assert MODELS.get('CrossModalityModel') is not None
assert MODELS.get('RawConvNeXt') is not None
assert MODELS.get('OnlineInstanceMatching') is not None
assert MODELS.get('SPNet') is None
assert TASK_UTILS.get('QueryPath') is None
"""
WITH = """
import sys
from mmvireid.registry import MODELS, TASK_UTILS
import mmvireid.models
assert MODELS.get('CrossModalityModel') is not None
assert 'mmvireid.models.detectors' not in sys.modules
assert TASK_UTILS.get('QueryPath') is not None
assert MODELS.get('SPNet') is not None
assert MODELS.get('Nothing') is None
"""


@pytest.mark.parametrize('code', [WITHOUT, WITH], ids=['without', 'with'])
def test_mmdet(code):
    command = [sys.executable, '-W', 'ignore', '-c', code]
    assert subprocess.run(command).returncode == 0
