"""All norms of some parts."""

from collections.abc import Sequence
from difflib import get_close_matches

from mmvireid.registry import TASK_UTILS

from .norm_rule import NormRule


@TASK_UTILS.register_module()
class NormsWithin(NormRule):
    """Separates all norms of the backbone, or of some of its parts.

    Fu et al. (ICCV 2021) compare such handmade choices: the stem's norm
    alone, those of one stage, all.

    Args:
        parts (Sequence[str], optional): Names of norms, or of submodules
            whose norms are meant, e.g. ``['bn1', 'layer1']``. Defaults to
            the whole backbone.
        **kwargs: ``norm_types`` of :class:`NormRule`.

    Raises:
        ValueError: If a part has no norm.
    """

    def __init__(self, parts: Sequence[str] | None = None, **kwargs) -> None:
        super().__init__(**kwargs)
        self.parts = parts

    def choose(self, norms: Sequence[str]) -> list:
        """Choose the norms within the parts."""
        if self.parts is None:
            return list(norms)
        for part in self.parts:
            if not any(_within(name, part) for name in norms):
                near = get_close_matches(part, norms, cutoff=0.4)
                raise ValueError(
                    f'NormsWithin.parts names "{part}", but no norm is '
                    f'there. Norms near it: {near or list(norms[:5])}.'
                )
        return [
            name
            for name in norms
            if any(_within(name, part) for part in self.parts)
        ]


def _within(name: str, part: str) -> bool:
    return name == part or name.startswith(f'{part}.')
