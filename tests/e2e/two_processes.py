"""What each of two processes does: ``two_processes.py CONFIG FOLDER``."""

import copy
import sys

import torch
import torch.distributed as dist
from mmengine.optim import OptimWrapper
from mmengine.runner import Runner

from mmvireid.engine.hooks import EMARestartHook
from mmvireid.utils.config import (
    build_runner,
    fill_num_identities,
    load_config,
)


def train(config, folder):
    """Train and keep the weights of this process's replica."""
    cfg = load_config(config)
    cfg.work_dir, cfg.launcher = f'{folder}/train', 'pytorch'
    restart = dict(type='EMARestartHook', decay=0.9, interval=1)
    cfg.custom_hooks = [*cfg.get('custom_hooks', []), restart]
    fill_num_identities(cfg)
    runner = build_runner(cfg)
    # as on GPUs: SyncBuffersHook averages the running statistics
    assert not runner.model.broadcast_buffers
    runner.train()
    state = dict(runner.model.module.state_dict())
    for hook in runner.hooks:
        if isinstance(hook, EMARestartHook):
            average = {}
            hook.before_save_checkpoint(runner, average)
            state |= average[hook.KEY]
    torch.save(state, f'{folder}/replica_{dist.get_rank()}.pth')
    runner.test()
    if dist.get_rank() == 0:
        runner.test_evaluator.metrics[0].report.save(f'{folder}/two.json')
    return runner


def gradients(model, samples):
    """Compute the gradients of a loss with batch norm in eval mode."""
    wrapper = OptimWrapper(torch.optim.SGD(model.parameters(), lr=0))
    for module in model.modules():
        if isinstance(module, torch.nn.modules.batchnorm._BatchNorm):
            module.eval()
    module = getattr(model, 'module', model)
    with wrapper.optim_context(model):
        data = module.data_preprocessor(samples, True)
        losses = model(**data, mode='loss')
    loss, _ = module.parse_losses(losses)
    loss.backward()
    return {
        name: parameter.grad.clone()
        for name, parameter in module.named_parameters()
        if parameter.grad is not None
    }


def compare_gradients(runner, folder):
    """Compare averaged gradients with those of the joined batch.

    The identity loss is a mean over images, so its gradients average. (A
    metric loss looks for partners in its own process's batch alone.)
    """
    model = runner.model
    del model.module.heads['triplet']
    single = copy.deepcopy(model.module)
    # The pipeline of testing: nothing is drawn.
    loader = runner.cfg.train_dataloader
    loader.dataset.pipeline = runner.cfg.test_dataloader.dataset.pipeline
    dataset = Runner.build_dataloader(loader).dataset
    visible = list(range(8))
    infrared = list(range(len(dataset) - 8, len(dataset)))
    shares = [visible[rank::2] + infrared[rank::2] for rank in (0, 1)]

    def collate(indices):
        items = [dataset[i] for i in indices]
        return dict(
            inputs=[item['inputs'] for item in items],
            data_samples=[item['data_samples'] for item in items],
        )

    found = gradients(model, collate(shares[dist.get_rank()]))
    if dist.get_rank() == 0:
        expected = gradients(single, collate(shares[0] + shares[1]))
        torch.save((found, expected), f'{folder}/gradients.pth')


if __name__ == '__main__':
    torch.set_num_threads(1)
    config, folder = sys.argv[1:]
    compare_gradients(train(config, folder), folder)
    dist.barrier()
    dist.destroy_process_group()
