# For a small budget: a shorter warm-up, larger steps, less cooling.
_base_ = './norm_search.py'

search_optim_wrapper = dict(architecture=dict(optimizer=dict(lr=0.02)))
search_hooks = dict(
    turn=dict(warmup_epochs=5),
    temperature=dict(schedule=dict(_delete_=True, **{'5': 1.0, '20': 0.5})),
)
