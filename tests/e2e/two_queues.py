"""What each of two processes does: ``two_queues.py FOLDER``.

Each has a part of a batch, of a length of its own; one part is empty at times.
"""

import sys

import torch
import torch.distributed as dist

from mmvireid.models.losses import MomentumQueueLoss, OnlineInstanceMatching

#: the persons of each step, in the first process and in the second
STEPS = ([0, 1, 5, 0], [2, 0]), ([], [1, 7, 7]), ([3, 9], [9, 3, 0, 8])
OPTIONS = dict(dim=4, num_identities=4, queue_size=12)
KINDS = dict(oim=OnlineInstanceMatching, queue=MomentumQueueLoss)


def batches():
    """Yield for each step the embeddings and persons of both processes."""
    torch.manual_seed(0)
    for step in STEPS:
        yield [(torch.randn(len(ids), 4), torch.tensor(ids).long())
               for ids in step]  # fmt: skip


def train(parts_of) -> dict:
    """Update each kind of queue by some part of each step's batch."""
    states = {}
    for name, kind in KINDS.items():
        loss = kind(**OPTIONS)
        for parts in batches():
            x, ids = parts_of(parts)
            loss(x, ids, x)
        states[name] = loss.state_dict()
    return states


if __name__ == '__main__':
    dist.init_process_group('gloo')
    rank = dist.get_rank()
    torch.save(train(lambda parts: parts[rank]), f'{sys.argv[1]}/{rank}.pth')
