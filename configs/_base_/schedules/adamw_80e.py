# For transformers and ConvNeXt (a reconstruction: the paper's fine-tuning is
# not at hand): as sgd_80e.py, but with AdamW;
# the backbone learns at a tenth of the rate, 3.5e-5.
_base_ = './sgd_80e.py'

optim_wrapper = dict(
    optimizer=dict(_delete_=True, type='AdamW', lr=3.5e-4, weight_decay=0.01)
)
