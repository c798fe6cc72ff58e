# Ye et al., ICCV 2021: as AGW, for 100 epochs.
_base_ = './sgd_80e.py'

train_cfg = dict(max_epochs=100)
