_base_ = './spnet_r18-half_b8-8e_coco-192.py'

model = dict(
    bbox_head=dict(
        path=dict(
            _delete_=True, type='QueryPath', num_pairs=16, anchors_per_pair=32
        )
    ),
    test_path='query',
)
# The bridge has no gradient.
find_unused_parameters = True
