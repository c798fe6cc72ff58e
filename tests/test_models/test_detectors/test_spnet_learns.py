"""A tiny SPNet learns to find and to tell apart painted persons."""

import torch
from tiny_spnet import build, collate, query_path, scene
from torchvision.ops import box_iou

#: what persons look like: upper and lower half
COLOURS = torch.tensor(
    [
        [[255, 0, 0], [0, 0, 255]], [[0, 255, 0], [255, 0, 255]],
        [[0, 0, 255], [255, 255, 0]], [[255, 255, 255], [0, 255, 0]],
    ]
)  # fmt: skip
SIZE = (64, 128)


def painted(number, seed):
    """Scenes of two persons each on a grey ground."""
    generator = torch.Generator().manual_seed(seed)
    scenes = []
    for img_id in range(number):
        ids = torch.randperm(4, generator=generator)[:2]
        one = scene(ids.tolist(), size=SIZE, img_id=img_id)
        image = torch.full((3, *SIZE), 100.0)
        image += 10 * torch.randn(3, *SIZE, generator=generator)
        boxes = []
        for half, person in enumerate(ids):
            x = 64 * half + int(
                torch.randint(4, 36, (1,), generator=generator)
            )
            y = int(torch.randint(2, 18, (1,), generator=generator))
            for part, colour in enumerate(COLOURS[person]):
                top = y + 20 * part
                image[:, top : top + 20, x : x + 22] = colour[:, None, None]
            boxes.append([x, y, x + 22, y + 40])
        one['inputs'] = image.clamp(0, 255).byte()
        one['data_samples'].gt_instances.bboxes = torch.tensor(boxes).float()
        scenes.append(one)
    return scenes


def train(model, scenes, steps):
    optimizer = torch.optim.AdamW(model.parameters(), lr=2e-3)
    first = last = None
    for step in range(steps):
        part = [scenes[(4 * step + i) % len(scenes)] for i in range(4)]
        batch = model.data_preprocessor(collate(*part), training=True)
        losses = model(**batch, mode='loss')
        total, _ = model.parse_losses(losses)
        optimizer.zero_grad()
        total.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 10)
        optimizer.step()
        first = first or losses['loss_anchor'].item()
        last = losses['loss_anchor'].item()
    return first, last


def scores(model, scenes):
    """How many persons are found, and how many of those known again."""
    model.eval()
    batch = model.data_preprocessor(collate(*scenes))
    samples = model(**batch, mode='predict')
    table = torch.cat([s.gt_instances.embeddings for s in samples])
    ids = torch.cat([s.gt_instances.person_ids for s in samples])
    owner = torch.arange(len(samples)).repeat_interleave(2)
    found, known = [], []
    for n, sample in enumerate(samples):
        instances = sample.pred_instances
        overlaps = box_iou(sample.gt_instances.bboxes, instances.bboxes)
        for row, person in zip(
            overlaps, sample.gt_instances.person_ids, strict=True
        ):
            hit = len(row) > 0 and bool(row.max() > 0.5)
            found.append(hit)
            if hit:
                cosines = instances.embeddings[row.argmax()] @ table.T
                cosines = cosines.masked_fill(owner == n, -2)
                known.append(bool(ids[cosines.argmax()] == person))
    return sum(found) / len(found), sum(known) / max(len(known), 1)


def test_learns_on_the_object_path():
    path = dict(type='ObjectPath', anchors_per_image=32)
    model = build('resnet', head=dict(path=path))
    first, last = train(model, painted(8, seed=0), steps=80)
    assert last < first / 10
    found, known = scores(model, painted(8, seed=1))
    assert found > 0.6
    assert known > 0.8


def test_learns_on_the_query_path():
    model = build(
        'resnet',
        head=query_path(num_pairs=12, anchors_per_pair=16),
        roi=dict(loss_reid=dict(type='MomentumQueueLoss', queue_size=16)),
        teacher_momentum=0.9,
    )
    first, last = train(model, painted(8, seed=0), steps=30)
    assert last < first / 3
