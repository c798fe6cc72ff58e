# For transformers and ConvNeXt (a reconstruction: the paper's fine-tuning is
# not at hand): as sgd_80e.py, but with AdamW.
_base_ = './sgd_80e.py'

optim_wrapper = dict(
    optimizer=dict(_delete_=True, type='AdamW', lr=3.5e-4, weight_decay=0.01)
)
