# What the loaders of all data sets share. Leaves add `dataset`.
train_dataloader = dict(
    batch_size=64,  # per process: 8 identities x (4 visible + 4 infrared)
    num_workers=4,
    # workers start anew each epoch, seeded by it: so a resumed run sees the
    # same crops and flips as one that was never stopped
    persistent_workers=False,
    worker_init_fn=dict(type='mmvireid.seed_worker'),
    sampler=dict(type='DefaultSampler', shuffle=True),
    batch_sampler=dict(
        type='CrossModalityIdentityBatchSampler', num_ids=8, num_instances=4
    ),
    collate_fn=dict(type='mmvireid.collate_views'),
)
test_dataloader = dict(
    batch_size=64,
    num_workers=4,
    persistent_workers=True,
    sampler=dict(type='DefaultSampler', shuffle=False),
    collate_fn=dict(type='mmvireid.collate_views'),
)
val_dataloader = test_dataloader
