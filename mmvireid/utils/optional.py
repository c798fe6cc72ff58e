"""Libraries that only some features need."""

import importlib
from types import ModuleType

#: import name -> what to install, where the two differ
DISTRIBUTIONS = {
    'cv2': 'opencv-python',
    'sklearn': 'scikit-learn',
}


def require(name: str) -> ModuleType:
    """Import an optional library, or say how to get it.

    Args:
        name (str): What to import, such as ``'matplotlib.pyplot'``.

    Returns:
        ModuleType: The module.

    Raises:
        ImportError: If the library is not installed.

    Examples:
        >>> require('math').floor(1.5)
        1
    """
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        package = name.split('.')[0]
        distribution = DISTRIBUTIONS.get(package, package)
        raise ImportError(
            f'This needs "{name}", which is not installed '
            f'({error}). Run "pip install {distribution}".'
        ) from error
