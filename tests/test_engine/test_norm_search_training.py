"""A search in a real runner: who learns from what, and exact resume."""

from pathlib import Path

import pytest
import torch
from mmengine.config import Config
from mmengine.hooks import Hook
from mmengine.optim import OptimWrapper
from mmengine.registry import init_default_scope
from mmengine.runner import CheckpointLoader
from test_exact_resume import assert_same

from mmvireid.engine import (
    AlternatingOptimWrapper,
    AlternatingOptimWrapperConstructor,
)
from mmvireid.utils.config import build_runner

CONFIG = (
    Path(__file__).parents[2]
    / 'configs/cm_nas/search/cm-nas-search_r18-half_p8k4-600i_regdb-96x48.py'
)
BATCHES = 4


class Recorder(Hook):
    """Notes before each step, and compares after it."""

    priority = 'LOW'

    def __init__(self):
        self.steps = []

    def before_train_iter(self, runner, batch_idx, data_batch=None):
        self.before = snapshot(runner.model)

    def after_train_iter(self, runner, batch_idx, data_batch, outputs=None):
        after = snapshot(runner.model)
        changed = {
            key
            for key in after
            if not torch.equal(after[key], self.before[key])
        }
        self.steps.append(
            dict(
                epoch=runner.epoch,
                turn=runner.optim_wrapper.turn,
                images={x.sample_idx for x in data_batch['data_samples']},
                architecture={k for k in changed if 'architecture' in k},
                network={k for k in changed if 'architecture' not in k},
                temperature=runner.model.backbone.temperature,
            )
        )  # fmt: skip


class Stop(Hook):
    """Ends training at the start of the fourth epoch."""

    def before_train_epoch(self, runner):
        if runner.epoch == 3:
            raise KeyboardInterrupt


def snapshot(model):
    return {k: p.detach().clone() for k, p in model.named_parameters()}


def config_of(root, work_dir, epochs=4):
    config = Config.fromfile(CONFIG)
    config.work_dir = str(work_dir)
    config.launcher = 'none'
    config.log_level = 'ERROR'
    for loader in (config.train_dataloader, config.test_dataloader,
                   config.val_dataloader):  # fmt: skip
        loader.dataset.data_root = str(root)
        loader.update(num_workers=0, persistent_workers=False)
    config.train_dataloader.update(batch_size=8)
    config.train_dataloader.batch_sampler.update(
        num_ids=2, num_instances=2, num_batches=BATCHES
    )
    config.model.num_identities = 10
    config.model.backbone.backbone.update(
        stem_channels=8, base_channels=8, init_cfg=None
    )
    config.val_cfg = config.val_dataloader = config.val_evaluator = None
    config.train_cfg.max_epochs = epochs
    config.default_hooks.turn.warmup_epochs = 1
    config.default_hooks.temperature.schedule = {'1': 1.0, '4': 0.4}
    config.default_hooks.checkpoint.max_keep_ckpts = -1
    return config


def run(root, work_dir, hooks=(), **changes):
    config = config_of(root, work_dir)
    config.update(changes)
    runner = build_runner(config)
    for hook in hooks:
        runner.register_hook(hook)
    runner.train()
    return runner


@pytest.fixture(scope='module')
def searched(toy_regdb, tmp_path_factory):
    """A whole search, and what its hook has seen."""
    recorder = Recorder()
    work_dir = tmp_path_factory.mktemp('search')
    runner = run(toy_regdb, work_dir, [recorder])
    return runner, recorder.steps, work_dir


def test_each_half_updates_its_own_weights_alone(searched):
    runner, steps, _ = searched
    sampler = runner.train_dataloader.batch_sampler
    halves = [
        {int(i) for part in half for rows in part.values() for i in rows}
        for half in sampler.halves
    ]
    assert len(steps) == 4 * BATCHES
    norms = len(runner.model.backbone.norm_names)
    network = len(snapshot(runner.model)) - norms
    for number, step in enumerate(steps):
        architecture = step['epoch'] >= 1 and number % 2
        assert step['turn'] == ('architecture' if architecture else 'network')
        assert step['images'] <= halves[bool(architecture)]
        changed = (len(step['architecture']), len(step['network']))
        if number == 0:  # a block's last scale is zero, and stops gradients
            assert changed[0] == 0
            continue
        # The frozen shift of the neck never changes.
        assert changed == ((norms, 0) if architecture else (0, network - 1))


def test_all_weights_ask_for_gradients_after_a_step(searched):
    runner, _, _ = searched
    frozen = [
        k for k, p in runner.model.named_parameters() if not p.requires_grad
    ]
    assert frozen == ['neck.bn.bias']
    assert all(p.grad is None for p in runner.model.parameters())


def test_temperature_and_turn_are_in_the_checkpoint(searched):
    _, steps, work_dir = searched
    seen = [steps[BATCHES * epoch]['temperature'] for epoch in range(4)]
    assert seen == pytest.approx([1.0, 1.0, 0.8, 0.6])
    saved = CheckpointLoader.load_checkpoint(str(work_dir / 'epoch_3.pth'))
    state = saved['state_dict']
    assert state['backbone.temperature_now'].item() == pytest.approx(0.8)
    assert saved['optimizer']['turn'] == 'architecture'
    assert set(saved['optimizer']) == {'network', 'architecture', 'turn'}
    first = CheckpointLoader.load_checkpoint(str(work_dir / 'epoch_1.pth'))
    assert first['optimizer']['turn'] == 'network'
    assert not first['optimizer']['architecture']['state']


def test_stopped_and_resumed_equals_uninterrupted(
    searched, toy_regdb, tmp_path
):
    _, _, whole = searched
    with pytest.raises(KeyboardInterrupt):
        run(toy_regdb, tmp_path, [Stop()])
    assert not (tmp_path / 'epoch_4.pth').exists()
    run(toy_regdb, tmp_path, resume=True)
    expected, found = (
        CheckpointLoader.load_checkpoint(str(folder / 'epoch_4.pth'))
        for folder in (whole, tmp_path)
    )
    for part in ('state_dict', 'optimizer', 'param_schedulers'):
        assert_same(found[part], expected[part], part)
    histories = [
        c['message_hub']['runtime_info']['architecture_history']
        for c in (expected, found)
    ]
    assert histories[0] == histories[1]
    assert len(histories[0]) == 5


def test_results_are_written(searched):
    runner, _, work_dir = searched
    for name in ('architecture.json', 'architecture.txt', 'architecture.png'):
        assert (work_dir / name).stat().st_size > 30
    integers = (work_dir / 'architecture.txt').read_text().split()
    separate = list(runner.model.backbone.architecture().values())
    assert integers == [str(1 - s) for s in separate]


def build_wrapper(**changes):
    init_default_scope('mmvireid')
    config = Config.fromfile(CONFIG).optim_wrapper.to_dict() | changes
    config.pop('constructor')

    class Part(torch.nn.Linear):
        def architecture_parameters(self):
            return [self.bias]

    paramwise = config.pop('paramwise_cfg', None)
    build = AlternatingOptimWrapperConstructor(config, paramwise)
    model = torch.nn.Sequential(Part(2, 1), torch.nn.Linear(1, 1))
    return model, build(model)


@pytest.mark.parametrize(
    'paramwise', [None, dict(custom_keys={'1': dict(lr_mult=0.1)})]
)
def test_constructor_gives_each_optimiser_its_own(paramwise):
    model, wrapper = build_wrapper(
        paramwise_cfg=paramwise, clip_grad=dict(max_norm=1)
    )
    network, architecture = wrapper.wrappers.values()
    own = {
        id(p) for group in network.param_groups for p in group['params']
        if isinstance(p, torch.nn.Parameter)
    }  # fmt: skip
    assert own == {id(p) for p in model.parameters()} - {id(model[0].bias)}
    (group,) = architecture.param_groups
    assert [id(p) for p in group['params']] == [id(model[0].bias)]
    assert group['lr'] == 0.02
    assert network.clip_grad_kwargs == dict(max_norm=1)
    assert architecture.clip_grad_kwargs is None
    assert wrapper.get_lr()['architecture_lr'] == [0.02]
    assert wrapper.get_lr()['lr'][0] == 0.05


def test_the_type_is_that_of_both():
    """So that mixed precision is asked for as of any wrapper."""

    class Kind(OptimWrapper):
        pass

    _, wrapper = build_wrapper(type=Kind)
    assert {type(w) for w in wrapper.wrappers.values()} == {Kind}


def test_a_loss_without_the_context_still_steps_one_alone():
    model, wrapper = build_wrapper()
    x = torch.ones(3, 2)
    for turn, expected in (
        ('network', {'0.weight', '1.weight', '1.bias'}),
        ('architecture', {'0.bias'}),
    ):
        wrapper.turn = turn
        before = snapshot(model)
        wrapper.update_params((model(x) - 5).square().mean())
        after = snapshot(model)
        assert {k for k in after if (after[k] != before[k]).any()} == expected


@pytest.mark.parametrize(
    ('changes', 'message'),
    [
        (dict(accumulative_counts=2), 'leave out accumulative_counts'),
        (dict(architecture=dict()), 'needs the optimiser of the architecture'),
    ],
)
def test_unfit_settings_are_refused(changes, message):
    with pytest.raises(ValueError, match=message):
        build_wrapper(**changes)


def test_a_network_without_architecture_is_refused():
    build = AlternatingOptimWrapperConstructor(
        dict(
            optimizer=dict(type='SGD', lr=0.1),
            architecture=dict(optimizer=dict(type='SGD', lr=0.1)),
        )
    )
    with pytest.raises(ValueError, match='NormSearchTwoStream'):
        build(torch.nn.Linear(1, 1))


def test_state_of_a_single_optimiser_is_refused():
    model, wrapper = build_wrapper()
    single = OptimWrapper(torch.optim.SGD(model.parameters(), 0.1))
    assert isinstance(wrapper, AlternatingOptimWrapper)
    with pytest.raises(ValueError, match='not of a search'):
        wrapper.load_state_dict(single.state_dict())


@pytest.mark.parametrize(
    ('change', 'message'),
    [
        (dict(batch_sampler='CrossModalityIdentityBatchSampler'), 'Alternat'),
        (dict(constructor='DefaultOptimWrapperConstructor'), 'constructor='),
    ],
)
def test_turns_need_their_parts(toy_regdb, tmp_path, change, message):
    config = config_of(toy_regdb, tmp_path)
    if 'batch_sampler' in change:
        config.train_dataloader.batch_sampler.type = change['batch_sampler']
    else:
        config.optim_wrapper = dict(optimizer=dict(type='SGD', lr=0.1))
    with pytest.raises(TypeError, match=message):
        build_runner(config).train()


def test_two_processes_find_the_same(
    toy_regdb, tmp_path, run_in_two_processes
):
    script = Path(__file__).with_name('search_in_two_processes.py')
    run_in_two_processes(script, toy_regdb, tmp_path)
    first, second = (
        torch.load(tmp_path / f'replica_{rank}.pth') for rank in range(2)
    )
    assert_same(first, second)
    weights = [v for k, v in first.items() if k.endswith('.architecture')]
    assert len(weights) == 20
    # All have moved: they begin at zero.
    assert all(w.all() for w in weights)
