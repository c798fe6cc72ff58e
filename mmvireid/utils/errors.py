"""Errors that the command-line tools and the library share."""


class CheckpointError(RuntimeError):
    """A checkpoint is damaged, unsafe or of another model or data."""
