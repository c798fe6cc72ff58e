# The bi-level search of CM-NAS, next to a schedule of the network's weights.
# Its code was not released: the architecture's optimiser, the warm-up and the
# temperatures are reconstructions. Leaves take these over by name:
# optim_wrapper = _base_.search_optim_wrapper
# train_dataloader = _base_.search_dataloader
# default_hooks = _base_.search_hooks
search_optim_wrapper = dict(
    constructor='AlternatingOptimWrapperConstructor',
    architecture=dict(
        optimizer=dict(
            type='Adam', lr=3e-4, betas=(0.5, 0.999), weight_decay=1e-3
        )
    ),
)
search_dataloader = dict(
    batch_sampler=dict(type='AlternatingIdentityBatchSampler')
)
search_hooks = dict(
    turn=dict(type='AlternatingTurnHook', warmup_epochs=10),
    temperature=dict(
        type='ScheduledAttributeHook',
        target='backbone.temperature',
        schedule={10: 1.0, 120: 0.1},
        form='linear',
    ),
    architecture=dict(type='ArchitectureHook'),
)
