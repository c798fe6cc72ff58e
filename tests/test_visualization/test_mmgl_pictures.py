import numpy as np
import torch
import torch.nn.functional as F

from mmvireid.models.losses import PartCycleContrast
from mmvireid.visualization import (
    part_cycle_sheet,
    recovery_sheet,
    soft_permutation_sheet,
)
from mmvireid.visualization.tiles import BLUE, GREEN, RED


def count(sheet, color):
    return int((sheet == color).all(-1).sum())


def stripes(batch, levels=(0, 80, 160)):
    """Gray images of three stripes, dark to bright."""
    rows = torch.tensor(levels).repeat_interleave(8).float()
    return rows.view(1, 1, -1, 1).expand(batch, 3, -1, 10)


def test_recovered_images_are_the_originals_if_the_scores_are_right():
    truth = torch.tensor([[1, 2, 0], [2, 0, 1]])
    right = F.one_hot(truth, 3).float()
    sheet = recovery_sheet(stripes(2), right, truth)
    assert count(sheet, RED) == 0
    assert count(sheet, GREEN) == 2 * 24 * 5
    # Recovered rows are those of the originals.
    height = 24
    top, bottom = sheet[4 : 4 + height], sheet[-4 - height : -4]
    assert np.array_equal(top[:, 78:88], bottom[:, 78:88])

    wrong = F.one_hot(truth.roll(1, 1), 3).float()
    sheet = recovery_sheet(stripes(2), wrong, truth)
    assert count(sheet, GREEN) == 0


def test_soft_permutations_are_bright_where_they_are_likely():
    truth = torch.tensor([[1, 0], [0, 1], [0, 1]])
    soft = F.one_hot(truth, 2).float()
    sheet = soft_permutation_sheet(soft, truth, columns=2)
    tile = 2 * 14 + 2
    assert sheet.shape == (2 * tile + 12, 2 * tile + 12, 3)
    first = sheet[5 : 5 + 28, 5 : 5 + 28].astype(int).sum(-1)
    assert first[7, 21] > first[7, 7] + 200


def test_a_part_that_finds_itself_is_framed_in_green():
    torch.manual_seed(0)
    own = F.normalize(torch.randn(1, 3, 16), dim=-1)
    parts = own.repeat(4, 1, 1)
    sheet = part_cycle_sheet(
        stripes(4), parts, 2, PartCycleContrast(0.01), num_queries=2, top=2
    )
    assert count(sheet, RED) == 0
    assert count(sheet, GREEN) == count(sheet, BLUE) > 0
