import torch

from mmvireid.utils.ordinals import ordinals


def test_ordinals():
    labels = torch.tensor([3, 1, 3, 3, 1, 0])
    assert ordinals(labels).tolist() == [0, 0, 1, 2, 1, 0]
    assert ordinals(labels[:0]).tolist() == []
