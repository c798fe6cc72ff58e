default_scope = 'mmvireid'

default_hooks = dict(
    runtime_info=dict(type='RuntimeInfoHook'),
    timer=dict(type='IterTimerHook'),
    sampler_seed=dict(type='DistSamplerSeedHook'),
    # processes average the running statistics of their batch norms
    sync_buffers=dict(type='SyncBuffersHook'),
    epoch_seed=dict(type='EpochSeedHook'),
    logger=dict(type='LoggerHook', interval=20),
    param_scheduler=dict(type='ParamSchedulerHook'),
    checkpoint=dict(type='AtomicCheckpointHook', interval=1, max_keep_ckpts=2),
    checkpoint_guard=dict(type='CheckpointGuardHook'),
    invalid_loss=dict(type='InvalidLossHook'),
    corrupt_images=dict(type='CorruptImageHook'),
)

env_cfg = dict(
    cudnn_benchmark=False,
    mp_cfg=dict(mp_start_method='fork', opencv_num_threads=0),
    dist_cfg=dict(backend='nccl'),
)
randomness = dict(seed=0)

# For TensorBoard, a config sets
# visualizer = dict(vis_backends=[dict(type='TensorboardVisBackend')])
visualizer = dict(
    type='Visualizer', vis_backends=[dict(type='LocalVisBackend')]
)
log_processor = dict(window_size=20, by_epoch=True)
log_level = 'INFO'

load_from = None
resume = False
