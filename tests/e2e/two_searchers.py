"""What each of two processes does: ``two_searchers.py FOLDER CONFIG ...``."""

import sys
from pathlib import Path

import torch
import torch.distributed as dist

from mmvireid.utils.config import (
    build_runner,
    fill_num_identities,
    load_config,
)


def train(config, folder):
    """Train and keep the weights and queues of this process's replica."""
    cfg = load_config(config)
    name = Path(config).stem
    cfg.work_dir, cfg.launcher = f'{folder}/{name}', 'pytorch'
    cfg.experiment_name = name
    cfg.val_cfg = cfg.val_dataloader = cfg.val_evaluator = None
    fill_num_identities(cfg)
    runner = build_runner(cfg)
    runner.train()
    torch.save(
        runner.model.module.state_dict(),
        f'{folder}/{name}_{dist.get_rank()}.pth',
    )


if __name__ == '__main__':
    torch.set_num_threads(1)
    folder, *configs = sys.argv[1:]
    for config in configs:
        train(config, folder)
    dist.barrier()
    dist.destroy_process_group()
