from .architectures import draw_architecture
from .choice import choose_identities, spaced
from .fake_domains import view_sheet
from .grad_cam import grad_cam, heat_sheet, match_heat
from .part_cycles import part_cycle_sheet
from .permutations import recovery_sheet, soft_permutation_sheet
from .ranked_lists import draw_ranked_lists
from .search_hits import draw_search_hits
from .tsne import draw_tsne

__all__ = [
    'choose_identities',
    'draw_architecture',
    'draw_ranked_lists',
    'draw_search_hits',
    'draw_tsne',
    'grad_cam',
    'heat_sheet',
    'match_heat',
    'part_cycle_sheet',
    'recovery_sheet',
    'soft_permutation_sheet',
    'spaced',
    'view_sheet',
]
