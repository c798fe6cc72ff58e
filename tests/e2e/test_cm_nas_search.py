"""CM-NAS by the tools: search, architecture file, retraining, test."""

import json
import re
from pathlib import Path

import pytest
from mmengine.config import Config
from mmengine.runner import CheckpointLoader

CONFIGS = Path(__file__).parents[2] / 'configs/cm_nas'
SEARCH = str(
    CONFIGS / 'search/cm-nas-search_r18-half_p8k4-600i_regdb-96x48.py'
)
RETRAIN = str(CONFIGS / 'cm-nas_r18-half_p8k4-600i_regdb-96x48.py')
SHARED = str(
    CONFIGS / 'handmade/cm-nas_r18-half_p8k4-600i_regdb-96x48-all-shared.py'
)
R50 = 'r50_p16k4-120e_sysu-256x128'
LOADERS = [f'{name}_dataloader.num_workers=0' for name in ('train', 'test')]
TINY = [
    *LOADERS,
    'model.backbone.backbone.stem_channels=8',
    'model.backbone.backbone.base_channels=8',
    'train_dataloader.batch_size=8',
    'train_dataloader.batch_sampler.num_ids=2',
    'train_dataloader.batch_sampler.num_instances=2',
    'train_dataloader.batch_sampler.num_batches=4',
    'train_cfg.max_epochs=2',
]


def train(load_tool, config, folder, *options):
    load_tool('tools/train.py').main(
        [config, '--work-dir', str(folder), '--no-validate']
        + ['--cfg-options', *TINY, *options]
    )


@pytest.fixture(scope='module')
def searched(tmp_path_factory, toy_regdb, load_tool):
    """The work dir of a short search on trial 1."""
    folder = tmp_path_factory.mktemp('search')
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv('REGDB_ROOT', str(toy_regdb))
        train(load_tool, SEARCH, folder, 'default_hooks.turn.warmup_epochs=1')
    return folder


def test_retrains_and_tests_what_was_found(
    searched, tmp_path, toy_regdb, load_tool, monkeypatch
):
    monkeypatch.setenv('REGDB_ROOT', str(toy_regdb))
    file = searched / 'architecture.json'
    monkeypatch.setenv('CM_NAS_ARCHITECTURE', str(file))
    separate = json.loads(file.read_text())['separate']
    train(load_tool, RETRAIN, tmp_path)
    checkpoint = tmp_path / 'epoch_2.pth'
    saved = CheckpointLoader.load_checkpoint(str(checkpoint))
    # The checkpoint's config stands without the file.
    config = Config.fromstring(saved['meta']['cfg'], '.py')
    assert config.model.backbone.specific == separate
    built = {
        key.removeprefix('backbone.backbone.').split('.infrared.')[0]
        for key in saved['state_dict']
        if '.infrared.' in key
    }
    assert built == set(separate)
    out = tmp_path / 'report.json'
    arguments = [str(checkpoint), '--work-dir', str(tmp_path), '--out']
    load_tool('tools/test.py').main(
        [RETRAIN, *arguments, str(out), '--cfg-options', *TINY]
    )
    rows = json.loads(out.read_text())['rows']
    assert {row['protocol'] for row in rows} >= {'regdb/v2t', 'regdb/t2v'}
    # Separate norms have no place in a network without them.
    with pytest.raises(SystemExit, match='lacks|does not know'):
        load_tool('tools/test.py').main(
            [SHARED, *arguments, str(out)] + ['--cfg-options', *TINY]
        )


def test_architecture_of_another_trial_is_refused(
    searched, tmp_path, toy_regdb, load_tool, monkeypatch
):
    monkeypatch.setenv('REGDB_ROOT', str(toy_regdb))
    monkeypatch.setenv('REGDB_TRIAL', '2')
    file = searched / 'architecture.json'
    monkeypatch.setenv('CM_NAS_ARCHITECTURE', str(file))
    with pytest.raises(
        SystemExit, match='architecture was trained on trial 1'
    ):
        train(load_tool, RETRAIN, tmp_path)


def test_missing_architecture_is_named(
    tmp_path, toy_regdb, load_tool, monkeypatch
):
    monkeypatch.setenv('REGDB_ROOT', str(toy_regdb))
    monkeypatch.setenv('CM_NAS_ARCHITECTURE', 'nowhere.json')
    with pytest.raises(SystemExit, match='no architecture file "nowhere'):
        train(load_tool, RETRAIN, tmp_path)


def test_table_of_a_checkpoint_and_rewriting(
    searched, tmp_path, load_tool, capsys, monkeypatch
):
    tool = load_tool('tools/analysis/norm_architecture.py')
    line = tmp_path / 'network.cfg'
    config = str(searched / Path(SEARCH).name)
    tool.main([config, str(searched / 'epoch_2.pth'), '--out', str(line)])
    assert line.read_text() == (searched / 'architecture.txt').read_text()
    names = tmp_path / 'names.json'
    tool.main([config, str(line), '--out', str(names)])
    written = json.loads(names.read_text())
    found = json.loads((searched / 'architecture.json').read_text())
    assert found.pop('searched_on')['trial'] == 1
    assert written == dict(found, searched_on={})
    copy = tmp_path / 'copy.json'
    tool.main([config, str(searched / 'epoch_2.pth'), '--out', str(copy)])
    assert copy.read_text() == (searched / 'architecture.json').read_text()
    output = capsys.readouterr().out
    separate = json.loads(names.read_text())['separate']
    total = next(x for x in output.splitlines() if re.search(r'\ball\b', x))
    assert re.findall(r'\d+', total) == [str(len(separate)), '20']
    assert 'layer4' in output
    with pytest.raises(SystemExit, match='norms'):
        tool.main(
            [SEARCH.replace('r18-half_p8k4-600i_regdb-96x48', R50)]
            + [str(searched / 'epoch_2.pth')]
        )  # fmt: skip
