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
    args = tool.parse_args([str(config), '--image-size', '96', '48'])
    flops = float(tool.measure(str(config), args)[2]) * 1e9
    assert stem < flops < 100 * stem
