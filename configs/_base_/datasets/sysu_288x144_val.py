# Model selection on SYSU-MM01's own validation identities: train on the 296 of
# train_id, validate on the 99 of val_id, touch the test identities only to test.
_base_ = ['./sysu_288x144.py']

train_dataloader = dict(dataset=dict(split='train'))
val_dataloader = dict(dataset=dict(split='val'))
