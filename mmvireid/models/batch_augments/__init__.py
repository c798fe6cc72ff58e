from .stripe_permutation import StripePermutation

__all__ = ['StripePermutation']
