from .cross_modality_retrieval_metric import CrossModalityRetrievalMetric

__all__ = ['CrossModalityRetrievalMetric']
