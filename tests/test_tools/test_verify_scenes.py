import json
import shutil
from pathlib import Path

import pytest


@pytest.fixture
def verify(load_tool, capsys):
    """Run the tool; return its exit code and what it printed."""

    def run(*args):
        tool = load_tool('tools/misc/verify_scenes.py')
        code = tool.main([str(arg) for arg in args])
        return code, capsys.readouterr().out

    return run


def test_other_counts_only_warn(verify, toy_cuhk_sysu, toy_prw, toy_coco):
    code, text = verify('cuhk_sysu', toy_cuhk_sysu)
    assert code == 0
    assert '54 scenes, the official release has 11206' in text
    assert 'test_G50.json: 8 queries' in text
    assert verify('prw', toy_prw)[0] == 0
    code, text = verify('coco_persons', toy_coco)
    assert code == 0
    assert '0 errors' in text


def test_what_is_wrong_is_found(verify, toy_cuhk_sysu, tmp_path):
    root = Path(shutil.copytree(toy_cuhk_sysu, tmp_path / 'cuhk'))
    scenes = sorted((root / 'Image/SSM').iterdir())
    scenes[0].write_bytes(b'no image')
    test = json.loads((root / 'annotations/test.json').read_text())
    trainval = json.loads((root / 'annotations/trainval.json').read_text())
    known = [b for b in trainval['annotations'] if b['is_known']]
    twice = [b for b in test['annotations'] if b['is_known']][:1]
    test['annotations'][0].update(
        person_id=known[0]['person_id'], is_known=True
    )
    test['annotations'].append(dict(twice[0], id=10**6))
    test['images'][0]['width'] += 1
    (root / 'annotations/test.json').write_text(json.dumps(test))
    (root / 'annotations/val.json').write_text('{')
    queries = [
        dict(ann_id=-1, gallery=None),
        dict(ann_id=twice[0]['id'], gallery=[10**6]),
    ]
    (root / 'annotations/test_G50.json').write_text(
        json.dumps(dict(protocol='G50', queries=queries))
    )
    (root / 'annotations/test_all.json').write_text('[]')
    code, text = verify('cuhk_sysu', root)
    assert code == 1
    for message in (
        f'unreadable image {scenes[0]}',
        'but should be 129x96',
        '1 persons are in trainval and in test',
        'test: one person has two boxes in 1 scenes',
        'val.json',
        'test_G50.json: 1 boxes that the split does not have',
        'test_G50.json: 1 galleries with scenes',
        'test_G50.json: 1 queries whose person is nowhere',
        'test_all.json is no protocol',
    ):
        assert message in text, message
    assert '7 errors' in text
