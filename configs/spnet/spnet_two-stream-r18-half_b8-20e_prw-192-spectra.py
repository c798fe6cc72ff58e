_base_ = [
    '../_base_/models/spnet_r18_half.py',
    '../_base_/datasets/prw_192_spectra.py',
    '../_base_/schedules/adamw_spnet_toy.py',
    '../_base_/default_runtime.py',
]

# Cross-spectral search: each modality has a stem of its own.
model = dict(backbone=dict(specific='stem'))

# A batch of one modality leaves the other one's stem without a gradient.
find_unused_parameters = True
