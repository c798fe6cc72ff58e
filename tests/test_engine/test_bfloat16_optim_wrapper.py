import torch
from torch import nn
from torch.optim import SGD

from mmvireid.engine.optimizers import BFloat16OptimWrapper


def fit(wrapper_options, steps=60):
    torch.manual_seed(0)
    model = nn.Linear(8, 1)
    x = torch.randn(64, 8)
    y = x @ torch.arange(8.0)[:, None] / 8
    wrapper = BFloat16OptimWrapper(
        optimizer=SGD(model.parameters(), lr=0.2), **wrapper_options
    )
    losses, dtypes = [], set()
    for _ in range(steps):
        with wrapper.optim_context(model):
            out = model(x)
        dtypes.add(out.dtype)
        loss = (out.float() - y).square().mean()
        wrapper.update_params(loss)
        losses.append(loss.item())
    return model, losses, dtypes


def test_forward_is_in_bfloat16_and_weights_in_float32():
    model, losses, dtypes = fit({})
    assert dtypes == {torch.bfloat16}
    assert {p.dtype for p in model.parameters()} == {torch.float32}
    assert losses[-1] < 0.01 * losses[0]


def test_options_of_the_wrapper_are_kept():
    cut, _, _ = fit(dict(clip_grad=dict(max_norm=1e-6)), steps=5)
    free, _, _ = fit({}, steps=5)
    torch.manual_seed(0)
    start = nn.Linear(8, 1)
    assert torch.allclose(cut.weight, start.weight, atol=1e-5)
    assert not torch.allclose(free.weight, start.weight, atol=1e-2)
