"""What the documentation names exists, and its example runs."""

import importlib
import inspect
import re
import sys
from functools import partial
from pathlib import Path

import pytest
import torch
import yaml
from mmengine.config import Config
from mmengine.registry import init_default_scope
from mmengine.runner import Runner

from mmvireid.registry import MODELS
from mmvireid.utils.command_line import (
    add_common_arguments,
    add_trust_argument,
)

ROOT = Path(__file__).parents[1]
CONFIGS = ROOT / 'configs'
METHODS = sorted(p for p in CONFIGS.glob('[!_]*') if p.is_dir())
INDEX = yaml.safe_load((ROOT / 'model-index.yml').read_text())
PAGES = [
    ROOT / 'README.md',
    ROOT / 'CONTRIBUTING.md',
    *sorted((ROOT / 'docs').rglob('[!_]*.md')),
    *sorted(CONFIGS.glob('*/README.md')),
]
FENCE = re.compile(r'```(\w*)\n(.*?)```', re.DOTALL)
LINK = re.compile(r'\]\(([^)\s]+)\)')
#: a path in the repository, or the bare name of a file between backticks
REPOSITORY_PATH = re.compile(
    r'(?<![\w./-])((?:benchmarks|configs|docs|mmvireid|requirements|tests|'
    r'tools)/(?!_build)[\w./-]*\w|[\w-]+\.(?:yml|toml|py)(?=`))'
)
FOLDERS = ('benchmarks', 'configs', 'docs', 'mmvireid', 'tools')
#: every path of the repository, and every bare name
KNOWN = {'model-index.yml', 'pyproject.toml', 'setup.py'} | {
    known
    for folder in FOLDERS
    for path in (ROOT / folder).rglob('*')
    for known in (path.name, path.relative_to(ROOT).as_posix())
}
#: what the reader of docs/add_a_method.md is to write
READERS_OWN = 'configs/my_method'


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def blocks(page: Path, language: str) -> list:
    return [
        text for kind, text in FENCE.findall(page.read_text())
        if kind == language
    ]  # fmt: skip


def commands(page: Path) -> list:
    joined = '\n'.join(blocks(page, 'bash')).replace('\\\n', ' ')
    return [line.split('#')[0] for line in joined.splitlines()]


def metafile(method: Path) -> dict:
    return yaml.safe_load((method / 'metafile.yml').read_text())


def test_model_index_lists_every_metafile():
    listed = {(ROOT / file).resolve() for file in INDEX['Import']}
    assert listed == {method / 'metafile.yml' for method in METHODS}


@pytest.mark.parametrize('method', METHODS, ids=name)
def test_metafile_names_what_exists(method):
    content = metafile(method)
    collections = {c['Name'] for c in content['Collections']}
    for collection in content['Collections']:
        assert (ROOT / collection['README']).is_file()
    for model in content['Models']:
        config = ROOT / model['Config']
        assert config.is_file()
        assert model['Name'] == config.stem
        assert model['In Collection'] in collections
    listed = [model['Config'] for model in content['Models']]
    assert sorted(listed) == [name(p) for p in sorted(method.rglob('*.py'))]


@pytest.mark.parametrize('method', METHODS, ids=name)
def test_readme_of_a_method_lists_its_configs(method):
    text = (method / 'README.md').read_text()
    missing = [p.name for p in method.rglob('*.py') if p.name not in text]
    assert not missing


@pytest.mark.parametrize('page', PAGES, ids=name)
def test_links_resolve(page):
    text = FENCE.sub('', page.read_text())
    targets = [t.split('#')[0] for t in LINK.findall(text) if '://' not in t]
    broken = [t for t in targets if t and not (page.parent / t).exists()]
    assert not broken


@pytest.mark.parametrize('page', PAGES, ids=name)
def test_named_files_exist(page):
    text = FENCE.sub('', page.read_text())
    named = [
        path
        for part in [*re.findall(r'`[^`\n]+`', text), *commands(page)]
        for path in REPOSITORY_PATH.findall(part)
        if not path.startswith(READERS_OWN)
    ]
    missing = [
        path
        for path in named
        if path not in KNOWN and not (ROOT / path).exists()
    ]
    assert not missing


@pytest.mark.parametrize('page', PAGES, ids=name)
def test_commands_use_options_that_exist(page):
    # what a tool gets from each function that adds options to its parser
    shared = {
        function.__name__: inspect.getsource(function)
        for function in (add_common_arguments, add_trust_argument)
    }
    targets = re.findall(
        r'^([a-z]+):', (ROOT / 'Makefile').read_text(), re.MULTILINE
    )
    for command in commands(page):
        tool = re.search(r'(?:tools|benchmarks)/\S+\.(?:py|sh)', command)
        options = re.findall(r'(?<=\s)--[a-z][\w-]*', command)
        if tool:
            source = (ROOT / tool[0]).read_text()
            if tool[0].endswith('.sh'):
                inner = re.search(r'tools/\w+\.py', source)[0]
                source += (ROOT / inner).read_text()
            known = source + ''.join(
                text for adds, text in shared.items() if adds in source
            )
            assert [o for o in options if f"'{o}'" not in known] == [], command
        if command.startswith('make'):
            assert command.split()[1] in targets


def test_example_of_add_a_method_runs(tmp_path, monkeypatch, toy_regdb):
    files = {}
    for text in blocks(ROOT / 'docs/add_a_method.md', 'python'):
        first, _, body = text.partition('\n')
        if first.startswith('# file: '):
            files[first.removeprefix('# file: ')] = body
    for path, body in files.items():
        file = tmp_path / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(body.replace("'../agw/", f"'{CONFIGS}/agw/"))
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setenv('REGDB_ROOT', str(toy_regdb))
    (path,) = (tmp_path / READERS_OWN).glob('*.py')
    try:
        losses = _losses_of_a_step(Config.fromfile(path))
        test = importlib.import_module('my_method.test_modality_gap')
        test.test_modality_gap_equals_a_slow_loop()
    finally:
        for part in ('ModalityGap', 'StripeIdentityHead'):
            MODELS.module_dict.pop(part, None)
        for module in [m for m in sys.modules if m.startswith('my_method')]:
            del sys.modules[module]
    assert {'gap.loss_metric', 'stripes.loss_ce', 'id.loss_ce'} <= set(losses)
    assert all(torch.isfinite(value) for value in losses.values())


def _losses_of_a_step(config: Config) -> dict:
    init_default_scope(config.default_scope)
    loader = config.train_dataloader
    loader.update(batch_size=8, num_workers=0, persistent_workers=False)
    loader.batch_sampler.update(num_ids=2, num_instances=2)
    loader = Runner.build_dataloader(loader, seed=0)
    identities = loader.dataset.metainfo['num_identities']
    config.model.backbone.backbone.update(stem_channels=8, base_channels=8)
    model = MODELS.build(dict(config.model, num_identities=identities))
    batch = model.data_preprocessor(next(iter(loader)), training=True)
    losses = model(**batch, mode='loss')
    total, _ = model.parse_losses(losses)
    total.backward()
    assert all(p.grad is not None for p in model.heads.stripes.parameters())
    return losses


@pytest.mark.parametrize(
    'page', ['README.md', 'docs/train_and_test.md'], ids=str
)
@pytest.mark.parametrize(
    'backbone',
    [
        "type='mmpretrain.ConvNeXt', arch='tiny'",
        "type='mmpretrain.SwinTransformer', arch='tiny'",
        "type='mmpretrain.VisionTransformer', arch='b', img_size=(288, 144)",
        "type='mmpretrain.MobileNetV3', arch='large'",
        "type='mmpretrain.ResNet', depth=50, strides=(1, 2, 2, 1)",
    ],
)
def test_two_lines_swap_the_backbone(page, backbone, tmp_path, monkeypatch):
    (text,) = [
        block for block in blocks(ROOT / page, 'text')
        if 'mmpretrain.ConvNeXt' in block and "'../agw/" in block
    ]  # fmt: skip
    assert len(text.splitlines()) == 2
    shown = "type='mmpretrain.ConvNeXt', arch='tiny'"
    assert shown in text
    mine = tmp_path / 'mine.py'
    mine.write_text(
        text.replace(shown, backbone).replace("'../", f"'{CONFIGS}/")
    )
    init_default_scope('mmvireid')
    # Some backbones read their drop rates off a tensor: keep that one real.
    monkeypatch.setattr(
        torch, 'linspace', partial(torch.linspace, device='cpu')
    )
    with torch.device('meta'):
        model = MODELS.build(
            dict(Config.fromfile(mine).model, num_identities=395)
        )
        images = torch.rand(4, 3, 288, 144)
        features = model(images, num_visible=2)
    assert features['bn'].shape == (4, model.neck.out_channels['bn'])
