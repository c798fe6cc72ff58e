import shutil
import sys
from pathlib import Path

import pytest


@pytest.fixture
def verify(load_tool, monkeypatch, capsys):
    """Run the tool; return its exit code and what it printed."""

    def run(*args):
        argv = ['verify_dataset.py', *map(str, args)]
        monkeypatch.setattr(sys, 'argv', argv)
        code = load_tool('tools/misc/verify_dataset.py').main()
        return code, capsys.readouterr().out

    return run


def test_other_counts_only_warn(verify, toy_sysu, toy_llcm):
    code, text = verify('sysu', toy_sysu)
    assert code == 0
    assert 'official release has 22258' in text
    assert '0 errors' in text
    code, text = verify('llcm', toy_llcm)
    assert code == 0


def test_finds_all_trials_of_regdb(verify, toy_regdb):
    code, text = verify('regdb', toy_regdb)
    assert code == 0
    assert 'test of trial 10' in text
    code, text = verify('regdb', toy_regdb, '--trial', 2)
    assert 'trial 10' not in text


def test_broken_images_and_wrong_root(verify, toy_regdb, tmp_path):
    root = Path(shutil.copytree(toy_regdb, tmp_path / 'regdb'))
    broken, cut = sorted(root.glob('Visible/*/*'))[:2]
    broken.write_bytes(b'no image')
    cut.write_bytes(cut.read_bytes()[:2000])
    code, text = verify('regdb', root, '--trial', 1)
    assert code == 1
    assert str(broken) in text
    assert str(cut) in text
    assert '2 errors' in text
    code, text = verify('sysu', root)
    assert code == 1
    assert 'looked for exp' in text


def test_identities_in_both_halves(verify, toy_regdb, tmp_path):
    root = Path(shutil.copytree(toy_regdb, tmp_path / 'regdb'))
    for name in ('visible', 'thermal'):
        shutil.copy(
            root / f'idx/train_{name}_1.txt', root / f'idx/test_{name}_1.txt'
        )
    code, text = verify('regdb', root, '--trial', 1)
    assert code == 1
    assert '10 identities are in train of trial 1' in text
