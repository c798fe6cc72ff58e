from .compose import SceneView, Sighting, render_scene
from .ground import Ground, sample_ground
from .plan import ScenePlan, SceneSpec, plan_scenes, plan_split
from .render import SCENE_LAYOUTS, render_toy_scenes

__all__ = [
    'SCENE_LAYOUTS',
    'Ground',
    'ScenePlan',
    'SceneSpec',
    'SceneView',
    'Sighting',
    'plan_scenes',
    'plan_split',
    'render_scene',
    'render_toy_scenes',
    'sample_ground',
]
