"""How a toy pedestrian stands in one image: viewpoint and gait phase."""

import math
from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from .identity import Identity

FOOT_HEIGHT = 0.035
"""Height of the ankle above the ground, in standing heights."""


class Joint(IntEnum):
    """Rows of the arrays of a :class:`View`."""

    HEAD = 0
    NECK = 1
    PELVIS = 2
    SHOULDER_L = 3
    ELBOW_L = 4
    WRIST_L = 5
    SHOULDER_R = 6
    ELBOW_R = 7
    WRIST_R = 8
    HIP_L = 9
    KNEE_L = 10
    ANKLE_L = 11
    TOE_L = 12
    HIP_R = 13
    KNEE_R = 14
    ANKLE_R = 15
    TOE_R = 16


@dataclass(frozen=True)
class Pose:
    """Viewpoint and phase of one image.

    Args:
        yaw (float): Where the person faces, radians: 0 towards the camera,
            pi away from it, pi/2 to the right of the image.
        phase (float): Phase of the gait cycle, radians.
        vigour (float): 0 stands, 1 walks with the person's own stride.
        bend (tuple[float, float]): Extra bend of the left and right elbow,
            radians.
        turn (float): Turn of the head against the body, radians.
    """

    yaw: float
    phase: float
    vigour: float
    bend: tuple[float, float]
    turn: float


def sample_pose(
    rng: np.random.Generator, yaw: float = 0.0, spread: float = math.pi
) -> Pose:
    """Draw a pose.

    Args:
        rng (np.random.Generator): Source of randomness.
        yaw (float): Centre of the viewpoints, radians.
        spread (float): Half width of the uniform range of viewpoints,
            radians. Half of the people go the opposite way.

    Returns:
        Pose: The pose.
    """
    draw = rng.random(8)
    way = math.pi if draw[0] < 0.5 else 0.0
    return Pose(
        yaw=yaw + way + spread * (2 * draw[1] - 1),
        phase=2 * math.pi * draw[2],
        vigour=0.0 if draw[3] < 0.2 else 0.6 + 0.5 * draw[3],
        bend=(0.5 * draw[4] ** 3, 0.5 * draw[5] ** 3),
        turn=0.9 * (draw[6] - 0.5) * draw[7],
    )


@dataclass(frozen=True, eq=False)
class View:
    """A posed person as the camera sees it, in standing heights.

    Args:
        points (np.ndarray): (number of joints, 2), rows by :class:`Joint`;
            to the right of the image, and down (0 top of the standing
            head, 1 ground).
        near (np.ndarray): (number of joints,), towards the camera.
        yaw (float): Where the body faces, radians, 0 towards the camera.
        head_yaw (float): Where the head faces.
    """

    points: np.ndarray
    near: np.ndarray
    yaw: float
    head_yaw: float


def view_person(identity: Identity, pose: Pose) -> View:
    """Pose a person and look at it.

    Args:
        identity (Identity): The person.
        pose (Pose): The pose.

    Returns:
        View: Where the joints are.
    """
    body, gait = identity.body, identity.gait
    lean = gait.lean + 0.03 * pose.vigour
    hip_y = 1 - body.leg
    neck_y = body.head + 0.025
    shoulder_y = neck_y + 0.03

    def forward(y: float) -> float:
        return lean * (hip_y - y)

    rows = [
        (0.0, body.head / 2, forward(body.head / 2) + 0.01),
        (0.0, neck_y, forward(neck_y)),
        (0.0, hip_y, 0.0),
    ]
    for side, bend in zip((1, -1), pose.bend, strict=True):
        shoulder = (
            side * (body.shoulder - 0.7 * body.arm_width),
            shoulder_y,
            forward(shoulder_y),
        )
        rows += _arm(identity, pose, shoulder, side, bend)
    for side in (1, -1):
        rows += _leg(identity, pose, side * 0.52 * body.hip, hip_y, side)
    points = np.array(rows)
    # The body bobs: the lower foot stays on the ground.
    ankles = points[[Joint.ANKLE_L, Joint.ANKLE_R], 1]
    points[:, 1] += 1 - FOOT_HEIGHT - ankles.max()
    cos, sin = math.cos(pose.yaw), math.sin(pose.yaw)
    right = points[:, 0] * cos + points[:, 2] * sin
    near = points[:, 2] * cos - points[:, 0] * sin
    return View(
        points=np.stack([right, points[:, 1]], axis=1),
        near=near,
        yaw=pose.yaw,
        head_yaw=pose.yaw + pose.turn,
    )


def _arm(
    identity: Identity,
    pose: Pose,
    shoulder: tuple[float, float, float],
    side: int,
    bend: float,
) -> list[tuple[float, float, float]]:
    gait = identity.gait
    upper = 0.52 * identity.body.arm
    fore = 0.48 * identity.body.arm
    # Arms swing against the leg of the same side.
    swing = gait.arm_swing * pose.vigour * math.sin(pose.phase)
    angle = -side * swing
    low = angle + gait.elbow + bend
    out = side * gait.arm_spread
    x, y, z = shoulder
    elbow = (
        x + out * upper,
        y + upper * math.cos(angle),
        z + upper * math.sin(angle),
    )
    wrist = (
        elbow[0] + 0.3 * out * fore,
        elbow[1] + fore * math.cos(low),
        elbow[2] + fore * math.sin(low),
    )
    return [shoulder, elbow, wrist]


def _leg(
    identity: Identity, pose: Pose, hip_x: float, hip_y: float, side: int
) -> list[tuple[float, float, float]]:
    gait = identity.gait
    segment = (identity.body.leg - FOOT_HEIGHT) / 2
    phase = pose.phase if side > 0 else pose.phase + math.pi
    angle = gait.stride * pose.vigour * math.sin(phase)
    # The knee flexes while the leg comes forward.
    flex = gait.knee * pose.vigour * max(0.0, math.cos(phase)) + 0.03
    low = angle - flex
    knee = (
        hip_x,
        hip_y + segment * math.cos(angle),
        segment * math.sin(angle),
    )
    ankle = (
        hip_x,
        knee[1] + segment * math.cos(low),
        knee[2] + segment * math.sin(low),
    )
    tilt = 0.35 - 0.8 * min(0.0, low)
    toe = (
        hip_x + 0.015 * side,
        ankle[1] + 0.085 * math.sin(tilt) * 0.8,
        ankle[2] + 0.085 * math.cos(tilt),
    )
    return [(hip_x, hip_y, 0.0), knee, ankle, toe]
