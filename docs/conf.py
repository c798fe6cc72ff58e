from importlib.metadata import version as _version

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
# Bases are documented by their own projects.
autodoc_inherit_docstrings = False
