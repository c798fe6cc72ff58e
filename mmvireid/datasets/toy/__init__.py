from .camera import Camera, sample_camera
from .crop import compose_crop, contact_sheet, render_crop
from .figure import Layer, render_figure
from .identity import Identity
from .population import sample_identity
from .pose import Pose, sample_pose
from .render import (
    render_llcm,
    render_regdb,
    render_sysu,
    render_toy_dataset,
)

__all__ = [
    'Camera',
    'Identity',
    'Layer',
    'Pose',
    'compose_crop',
    'contact_sheet',
    'render_crop',
    'render_figure',
    'render_llcm',
    'render_regdb',
    'render_sysu',
    'render_toy_dataset',
    'sample_camera',
    'sample_identity',
    'sample_pose',
]
