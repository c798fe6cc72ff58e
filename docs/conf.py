from importlib.metadata import version as _version

from mmcv.transforms.utils import cache_randomness as _cached

_get = _cached.__get__


def _get_or_self(self, instance, owner=None):
    # mmcv's descriptor cannot be read off a class, as autodoc does.
    return self if instance is None else _get(self, instance, owner)


_cached.__get__ = _get_or_self

project = 'mmvireid'
author = 'the mmvireid authors'
release = version = _version('mmvireid')
extensions = [
    'sphinx.ext.autodoc',
    'sphinx.ext.autosummary',
    'sphinx.ext.napoleon',
    'sphinx.ext.viewcode',
    'myst_parser',
]
source_suffix = {'.md': 'markdown', '.rst': 'restructuredtext'}
exclude_patterns = ['_build']
html_theme = 'furo'
html_title = f'mmvireid {release}'
autodoc_default_options = {'members': True, 'show-inheritance': True}
autodoc_typehints = 'signature'
autosummary_generate = True
myst_heading_anchors = 3
myst_enable_extensions = ['deflist', 'dollarmath']
# Bases are documented by their own projects.
autodoc_inherit_docstrings = False
