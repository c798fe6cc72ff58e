from .batch import Batch

__all__ = ['Batch']
