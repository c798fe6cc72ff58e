# TOPLight, supplement, Table 1a, transformers on mini-ImageNet: SGD as well.
_base_ = './sgd_cosine_70e.py'

optim_wrapper = dict(optimizer=dict(lr=0.001, weight_decay=0.01))
