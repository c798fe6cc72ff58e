_base_ = [
    '../_base_/models/spnet_r18_half.py',
    '../_base_/datasets/prw_192_spectra.py',
    '../_base_/schedules/adamw_spnet_toy.py',
    '../_base_/default_runtime.py',
]

# Cross-spectral search: each modality has a stem of its own.
model = dict(backbone=dict(specific='stem'))

# Persons must be seen often in both spectra: four times as many scenes as those
# of the other small configs, in fewer epochs.
param_scheduler = [
    _base_.param_scheduler[0],
    dict(_base_.param_scheduler[1], end=8),
]
train_cfg = dict(max_epochs=8, val_interval=8)

# A batch of one modality leaves the other one's stem without a gradient.
find_unused_parameters = True
