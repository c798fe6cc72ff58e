import shutil
from pathlib import Path

import pytest


@pytest.mark.parametrize(
    ('name', 'fixture', 'options', 'splits'),
    [
        ('cuhk_sysu', 'toy_cuhk_sysu', [], ['trainval', 'minival', 'test']),
        (
            'prw',
            'toy_prw',
            ['--infrared-cameras', '2', '5'],
            ['trainval', 'minival', 'test'],
        ),
        ('coco_persons', 'toy_coco', [], ['train', 'val', 'p20', 'p180']),
    ],
)
def test_writes_the_same_and_prints_the_splits(
    name, fixture, options, splits, request, load_tool, tmp_path, capsys
):
    toy = request.getfixturevalue(fixture)
    root = Path(shutil.copytree(toy, tmp_path / name))
    for split in splits:
        (root / f'annotations/{split}.json').unlink()
    tool = load_tool(f'tools/dataset_converters/{name}.py')
    tool.main([str(root), *options])
    printed = capsys.readouterr().out
    for split in splits:
        assert split in printed
        file = f'annotations/{split}.json'
        assert (root / file).read_bytes() == (toy / file).read_bytes()


@pytest.mark.parametrize('name', ['cuhk_sysu', 'prw', 'coco_persons'])
def test_wrong_folder_gives_one_line(name, load_tool, tmp_path):
    tool = load_tool(f'tools/dataset_converters/{name}.py')
    with pytest.raises(SystemExit, match='error: .*looked for'):
        tool.main([str(tmp_path)])
