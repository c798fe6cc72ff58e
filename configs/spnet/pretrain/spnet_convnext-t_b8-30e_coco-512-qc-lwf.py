# Table 7 and Figure 7, query-centric: learning without forgetting.
_base_ = './spnet_convnext-t_b8-30e_coco-512-qc.py'

model = dict(
    memory=dict(
        type='ClassifierMemory',
        loss=dict(type='DistillationLoss'),
        checkpoint='https://mmassets.onedl.ai/mmclassification/v0/'
        'convnext/convnext-tiny_32xb128_in1k_20221207-998cf3e9.pth',
    )
)
