"""Loading weights that fit in part."""

from torch import nn


def leave_misshapen(module: nn.Module) -> tuple[list, list]:
    """Have the next loading leave out weights of another shape.

    Each module is asked after its own hooks have run, for those may change a
    shape to the wanted one, as ViT's does with its position embeddings.

    Args:
        module (nn.Module): What will be loaded.

    Returns:
        tuple[list[str], list]: The keys left out, filled while loading, and
        the handles of the hooks.
    """
    misshapen: list[str] = []

    def leave(part: nn.Module, weights: dict, prefix: str, *_) -> None:
        for name, value in {**part._parameters, **part._buffers}.items():
            key = prefix + name
            if value is None or key not in weights:
                continue
            if value.shape != weights[key].shape:
                misshapen.append(key)
                del weights[key]

    handles = [
        part.register_load_state_dict_pre_hook(leave)
        for part in module.modules()
    ]
    return misshapen, handles
