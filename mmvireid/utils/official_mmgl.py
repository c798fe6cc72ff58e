"""The names of the weights in MMGL's released pre-trained encoders.

They are bare state dicts of AGW's network, without its neck and classifier but
with the layers of the pretext tasks (``fc1``, ``fc2``, ``local_conv_list``),
which its loader drops.
"""

from torch import Tensor

from .official_agw import official_encoder_keys, rename_official


def convert_official_mmgl(state_dict: dict) -> tuple[dict, list]:
    """Rename the weights of a released encoder to ours.

    Args:
        state_dict (dict[str, Tensor]): The released weights.

    Returns:
        tuple[dict[str, Tensor], list[str]]: The weights of our
        :class:`CrossModalityModel`'s backbone, a two-stream ResNet-50, and
        the sorted released keys that were not used.

    Raises:
        ValueError: If a weight that the encoder needs is not there.
    """
    return rename_official(state_dict, official_encoder_keys)


def convert_to_official_mmgl(state_dict: dict) -> tuple[dict, list]:
    """Rename the weights of our two-stream ResNet-50 as released ones.

    Args:
        state_dict (dict[str, Tensor]): The weights of a
            :class:`CrossModalityModel`.

    Returns:
        tuple[dict[str, Tensor], list[str]]: The weights by their released
        names, and the sorted keys of ours that were not used.

    Raises:
        ValueError: If a weight of the encoder is not there.
    """
    non_local = any('.non_local.' in key for key in state_dict)
    names = {
        ours: _as_saved(theirs)
        for theirs, ours in official_encoder_keys(non_local).items()
    }
    missing = sorted(set(names) - set(state_dict))
    if missing:
        raise ValueError(
            f'The checkpoint lacks {len(missing)} weights of a two-stream '
            f'ResNet-50, such as {missing[0]}. Pass a checkpoint of a config '
            'whose backbone is one.'
        )
    converted: dict[str, Tensor] = {
        theirs: state_dict[ours] for ours, theirs in names.items()
    }
    return converted, sorted(set(state_dict) - set(names))


def _as_saved(key: str) -> str:
    """Put the value convolution back into its sequence of one."""
    return key.replace('.g.', '.g.0.') if key.startswith('NL_') else key
