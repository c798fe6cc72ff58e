# Half the width: what small pre-trainings are compared with.
_base_ = './agw_r18_p8k4-400i_regdb-96x48.py'

model = dict(backbone=dict(backbone=dict(base_channels=32, stem_channels=32)))
