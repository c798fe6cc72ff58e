_base_ = './mmgl_r50.py'

# Small enough for a CPU.
model = dict(backbone=dict(backbone=dict(depth=18)))
