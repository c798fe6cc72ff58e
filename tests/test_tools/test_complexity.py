import torch

from mmvireid.models.backbones import build_plain

TOOL = 'tools/analysis/complexity.py'
SMALL = """
_base_ = '{root}/configs/agw/agw_r18_p8k4-400i_regdb-96x48.py'
model = dict(backbone=dict(backbone=dict(stem_channels=8, base_channels=8)))
"""


def test_numbers_of_a_small_model(tmp_path, load_tool, capsys, request):
    config = tmp_path / 'small.py'
    config.write_text(SMALL.format(root=request.config.rootpath))
    tool = load_tool(TOOL)
    tool.main([str(config), '--image-size', '96', '48', '--repeats', '1'])
    printed = capsys.readouterr().out
    assert 'small' in printed
    module = tool.build(str(config))
    millions = sum(p.numel() for p in module.parameters()) / 1e6
    assert f'{millions:.2f}' in printed
    # The stem alone: 8 kernels of 3 x 7 x 7 at every second pixel.
    stem = 8 * 3 * 49 * 48 * 24
    flops = tool.count_flops(module, torch.rand(1, 3, 96, 48))
    assert f'{flops / 1e9:.2f}' in printed
    assert stem < flops < 100 * stem


def test_attention_is_counted(load_tool):
    """Against the products that a vision transformer is made of."""
    tool = load_tool(TOOL)
    tokens, width, hidden, patch, layers = 1 + 6, 32, 64, 16, 2
    arch = dict(
        embed_dims=width,
        num_layers=layers,
        num_heads=2,
        feedforward_channels=hidden,
    )
    model = build_plain(
        dict(
            type='mmpretrain.VisionTransformer',
            arch=arch,
            img_size=(48, 32),
            patch_size=patch,
        )
    )
    products = 4 * tokens * width**2 + 2 * tokens * width * hidden
    attention = 2 * tokens**2 * width
    expected = (tokens - 1) * 3 * patch**2 * width + layers * (
        products + attention
    )
    counted = tool.count_flops(model, torch.rand(1, 3, 48, 32))
    norms = counted - expected
    assert 0 <= norms <= 5 * (2 * layers + 1) * tokens * width
    assert norms < layers * attention
