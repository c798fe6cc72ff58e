from .layer import Layer, render_figure

__all__ = ['Layer', 'render_figure']
