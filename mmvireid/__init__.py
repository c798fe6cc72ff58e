"""Visible-infrared person re-identification on the OpenMMLab stack."""

from .compat import (
    check_versions,
    install_missing_ops_finder,
    install_plain_mmpretrain_finder,
)
from .version import __version__

install_missing_ops_finder()
install_plain_mmpretrain_finder()
check_versions()

__all__ = ['__version__']
