"""What each of two processes does: ``search_in_two_processes.py ROOT DIR``."""

import sys

import torch
import torch.distributed as dist
from test_norm_search_training import config_of

from mmvireid.utils.config import build_runner

if __name__ == '__main__':
    root, folder = sys.argv[1:]
    config = config_of(root, folder, epochs=2)
    config.launcher = 'pytorch'
    runner = build_runner(config)
    runner.train()
    state = runner.model.module.state_dict()
    torch.save(state, f'{folder}/replica_{dist.get_rank()}.pth')
