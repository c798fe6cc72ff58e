"""Errors that the command-line tools and the library share."""


class CheckpointError(RuntimeError):
    """A checkpoint is damaged, unsafe or of another model or data."""


class ForeignWeightsError(CheckpointError, ValueError):
    """The weights that a training shall start from do not fit its model."""


class UnreadableImageError(OSError):
    """An image that cannot be done without cannot be read."""
