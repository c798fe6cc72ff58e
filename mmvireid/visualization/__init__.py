from .ranked_lists import draw_ranked_lists
from .tsne import draw_tsne

__all__ = ['draw_ranked_lists', 'draw_tsne']
