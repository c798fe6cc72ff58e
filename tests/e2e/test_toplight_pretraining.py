"""TOPLight's pre-training, by the tools."""

from pathlib import Path

from mmengine.runner import CheckpointLoader

CONFIGS = Path(__file__).parents[2] / 'configs/toplight'
PRETRAIN = str(CONFIGS / 'top_r50_36x2-70e_imagenet-mini-224.py')


def test_pretraining(toy_classes, tmp_path, load_tool, monkeypatch, capfd):
    monkeypatch.setenv('IMAGENET_MINI_ROOT', str(toy_classes))
    load_tool('tools/train.py').main(
        [
            PRETRAIN,
            *('--work-dir', str(tmp_path)),
            '--cfg-options',
            'train_dataloader.num_workers=0',
            'train_dataloader.persistent_workers=False',
            'train_dataloader.batch_size=8',
            'train_cfg.max_epochs=2',
            'model.backbone.backbone.depth=18',
            'model.backbone.backbone.stem_channels=8',
            'model.backbone.backbone.base_channels=8',
            'model.backbone.backbone.init_cfg=None',
            'custom_hooks.0.schedule.0=0.5',
            'default_hooks.logger.interval=1',
        ]
    )
    printed = capfd.readouterr().out
    for name in ('id.loss_ce', 'id.loss_consistency', 'domain.loss_domain'):
        assert name in printed
    checkpoint = CheckpointLoader.load_checkpoint(
        str(tmp_path / 'epoch_2.pth')
    )
    meta = checkpoint['meta']['dataset_meta']
    assert meta['dataset_name'] == 'imagenet_subset'
    assert meta['num_identities'] == 4
    assert checkpoint['state_dict']['heads.id.fc.weight'].shape[0] == 4
