# What the loaders of all data sets share. Leaves add `dataset`.
train_dataloader = dict(
    batch_size=64,  # per process: 8 identities x (4 visible + 4 infrared)
    num_workers=4,
    persistent_workers=True,
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
