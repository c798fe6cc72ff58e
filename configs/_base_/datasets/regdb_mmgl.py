# Pre-training draws 48 visible and 48 infrared images without labels. How well
# the order of stripes is recovered is measured on the images of the test identities,
# without labels. It chooses best_*.pth; fine-tuning starts from the last epoch.
_base_ = './regdb.py'

train_dataloader = dict(
    batch_size=96,
    batch_sampler=dict(_delete_=True, type='UnlabelledPairBatchSampler'),
)
val_evaluator = dict(_delete_=True, type='PermutationAccuracy')
test_evaluator = val_evaluator
