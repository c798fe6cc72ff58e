from .person_search_test_loop import PersonSearchTestLoop
from .query_search import embed_boxes, search_scenes

__all__ = [
    'PersonSearchTestLoop',
    'embed_boxes',
    'search_scenes',
]
