"""Drawing items without replacement while there are any."""

import numpy as np


class Deck:
    """Deals items from a shuffled deck, shuffling anew when it is empty.

    Over any number of draws the counts of two items differ by at most one
    pass through the deck, and a draw of up to ``len(items)`` items never
    repeats one.

    Args:
        items (np.ndarray): ``(n,)`` the items, ``n >= 1``.
        generator (np.random.Generator): The source of randomness.
    """

    def __init__(
        self, items: np.ndarray, generator: np.random.Generator
    ) -> None:
        self.items = items
        self.generator = generator
        self._rest = items[:0]

    def draw(self, count: int) -> np.ndarray:
        """Draw some items.

        Args:
            count (int): How many. If there are fewer items, they repeat as
                evenly as possible.

        Returns:
            np.ndarray: ``(count,)`` items.
        """
        drawn, self._rest = self._rest[:count], self._rest[count:]
        while len(drawn) < count:
            fresh = self.generator.permutation(self.items)
            # the more often one was drawn, the deeper it goes into the deck
            times = (fresh[:, None] == drawn).sum(axis=1)
            fresh = fresh[np.argsort(times, kind='stable')]
            missing = count - len(drawn)
            drawn = np.concatenate([drawn, fresh[:missing]])
            self._rest = fresh[missing:]
        return drawn
