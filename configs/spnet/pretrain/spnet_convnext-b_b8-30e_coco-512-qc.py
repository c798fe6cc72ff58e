_base_ = './spnet_convnext-b_b8-30e_coco-512.py'

model = dict(
    bbox_head=dict(path=dict(_delete_=True, type='QueryPath')),
    test_path='query',
)
# The bridge has no gradient.
find_unused_parameters = True
