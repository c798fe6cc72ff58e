import pytest
import torch
from mmengine.optim.optimizer import amp_optimizer_wrapper
from torch import nn
from torch.optim import SGD

from mmvireid.engine.optimizers import CompilableAmpOptimWrapper


@pytest.mark.parametrize('compiled', [False, True])
def test_forward_is_in_half_precision_and_can_be_compiled(
    compiled, monkeypatch
):
    # The wrapper asks for an accelerator; its context needs none.
    monkeypatch.setattr(
        amp_optimizer_wrapper, 'is_cuda_available', lambda: True
    )
    torch.manual_seed(0)
    model = nn.Linear(8, 1)
    wrapper = CompilableAmpOptimWrapper(
        dtype='bfloat16',
        loss_scale=dict(enabled=False),
        optimizer=SGD(model.parameters(), lr=0.2),
    )
    x = torch.randn(64, 8)
    y = x @ torch.arange(8.0)[:, None] / 8

    def forward():
        with wrapper.optim_context(model):
            return model(x)

    step = torch.compile(forward, backend='eager') if compiled else forward
    losses = []
    for _ in range(60):
        out = step()
        assert out.dtype == torch.bfloat16
        loss = (out.float() - y).square().mean()
        wrapper.update_params(loss)
        losses.append(loss.item())
    assert {p.dtype for p in model.parameters()} == {torch.float32}
    assert losses[-1] < 0.01 * losses[0]
