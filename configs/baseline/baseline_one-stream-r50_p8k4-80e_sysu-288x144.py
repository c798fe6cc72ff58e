_base_ = './baseline_two-stream-r50_p8k4-80e_sysu-288x144.py'

model = dict(backbone=dict(specific=[]))
