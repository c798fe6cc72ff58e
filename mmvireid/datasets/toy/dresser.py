"""Draws a person: limbs, garments, head and bag in order of depth."""

import math

import numpy as np

from .identity import Identity, Part, Pattern
from .painter import Painter
from .pattern import pattern_patches
from .pose import Joint, Pose, skeleton
from .ribbon import Ribbon, visible_patches

# The trunk from the neck (0) to the hips (1): half widths from the front
# as multiples of (shoulder, waist, hip), half depths of the chest's.
_LEVELS = np.array([0.0, 0.06, 0.14, 0.35, 0.62, 1.0, 1.3])
_FRONT = np.array(
    [
        (0.42, 0, 0),
        (0.86, 0, 0),
        (1.0, 0, 0),
        (0.93, 0, 0),
        (0.0, 1, 0),
        (0, 0, 1),
        (0, 0, 1),
    ]
)
_SIDE = np.array([0.55, 0.75, 0.88, 1.0, 0.92, 1.05, 0.95])
_ROWS = 7
# Patterns that go on over the sleeves.
_ALL_OVER = ('hoops', 'checks', 'dots')
_STRAPS = np.array(
    [
        [(0.0, a - 0.13), (0.0, a + 0.13), (0.55, a + 0.13), (0.55, a - 0.13)]
        for a in (-0.6, 0.6)
    ]
)
_SLING = np.array(
    [
        [(0.0, -0.75), (0.0, -0.45), (1.0, 1.25), (1.0, 0.95)],
        [(0.0, 3.75), (0.0, 3.45), (1.0, 1.75), (1.0, 2.05)],
    ]
)


class Dresser:
    """Paints one person in one pose.

    Args:
        painter (Painter): The canvas; its unit is the standing height, its
            origin the top of the standing head, in the middle.
        identity (Identity): The person.
        pose (Pose): The pose.
    """

    def __init__(
        self, painter: Painter, identity: Identity, pose: Pose
    ) -> None:
        self.painter = painter
        self.identity = identity
        self.body = identity.body
        self.wear = identity.wardrobe
        self.yaw = pose.yaw
        self.head_yaw = pose.yaw + pose.turn
        self.cos, self.sin = math.cos(pose.yaw), math.sin(pose.yaw)
        joints = skeleton(identity, pose)
        self.points, self.near = joints[:, :2], joints[:, 2]

    def draw(self) -> None:
        """Paint everything, the farthest first."""
        arms = sorted((Joint.SHOULDER_L, Joint.SHOULDER_R), key=self._depth)
        legs = sorted((Joint.HIP_L, Joint.HIP_R), key=self._depth)
        behind = self.near[arms[0]] < -0.035
        bag_near = self._bag_depth()
        if bag_near < 0:
            self._bag()
        if math.cos(self.head_yaw) > -0.1:
            self._hair_fall()
        if behind:
            self._arm(arms[0])
        for leg in legs:
            self._leg(leg)
        self._trunk()
        if bag_near >= 0:
            self._bag()
        self._head()
        for arm in arms[1:] if behind else arms:
            self._arm(arm)

    def _depth(self, joint: int) -> float:
        return self.near[joint]

    def _cloth(
        self, ribbon: Ribbon, pattern: Pattern, part: int, tone: int
    ) -> None:
        self.painter.ribbon(ribbon, part)
        patches = visible_patches(pattern_patches(pattern), self.yaw)
        self.painter.patches(ribbon, patches, tone)

    # Trunk

    def _trunk_at(self, start: float, stop: float, ease: float) -> Ribbon:
        """A ribbon around the trunk, levels as in ``_LEVELS``."""
        body = self.body
        level = np.linspace(start, stop, _ROWS)
        front = _FRONT @ (body.shoulder, body.waist, body.hip)
        wide = np.interp(level, _LEVELS, front) * self.cos
        deep = np.interp(level, _LEVELS, _SIDE * body.depth) * self.sin
        neck, pelvis = self.points[Joint.NECK], self.points[Joint.PELVIS]
        center = neck + level[:, None] * (pelvis - neck)
        return Ribbon.upright(
            center[:, 0], center[:, 1], ease * np.hypot(wide, deep)
        )

    def _trunk(self) -> None:
        wear = self.wear
        hips = self._trunk_at(0.7, 1.18, 1.0)
        if wear.bottom == 'skirt':
            self._skirt()
        else:
            self.painter.ribbon(hips, Part.BOTTOM)
        top = self._trunk_at(0.0, wear.hem, 1.06)
        self._cloth(top, wear.top, Part.TOP, Part.TOP_TONE)
        if wear.coat:
            self._coat()
            top = self._trunk_at(0.0, 1.05, 1.12)
        if wear.bag == 'backpack':
            straps = visible_patches(_STRAPS, self.yaw)
            self.painter.patches(top, straps, Part.BAG)
        if wear.bag == 'shoulder':
            sling = _SLING * (1, -wear.bag_side)
            straps = visible_patches(sling, self.yaw)
            self.painter.patches(top, straps, Part.BAG)

    def _flared(self, start: float, stop: float, ease: float, flare: float):
        """A trunk ribbon that goes on below the hips, between the legs."""
        upper = self._trunk_at(start, 1.0, ease)
        hip = upper.right[-1, 0] - upper.left[-1, 0]
        pelvis = self.points[Joint.PELVIS]
        drop = (stop - 1.0) * self.body.leg
        hem_y = pelvis[1] + drop
        sides = [
            np.interp(hem_y, leg[:, 1], leg[:, 0])
            for leg in (
                self.points[Joint.HIP_L : Joint.ANKLE_L + 1],
                self.points[Joint.HIP_R : Joint.ANKLE_R + 1],
            )
        ]
        spread = abs(sides[0] - sides[1]) / 2 + self.body.calf_width * 1.6
        hem = max(0.5 * hip * flare, spread)
        heights = np.linspace(upper.left[0, 1], hem_y, _ROWS)
        knots = np.append(upper.left[:, 1], hem_y)
        left = np.append(upper.left[:, 0], np.mean(sides) - hem)
        right = np.append(upper.right[:, 0], np.mean(sides) + hem)
        left = np.interp(heights, knots, left)
        right = np.interp(heights, knots, right)
        return Ribbon(
            np.stack([left, heights], 1), np.stack([right, heights], 1)
        )

    def _skirt(self) -> None:
        wear = self.wear
        skirt = self._flared(
            0.7, 1 + wear.bottom_length, 1.03, wear.bottom_width
        )
        self._cloth(skirt, wear.bottom_pattern, Part.BOTTOM, Part.BOTTOM_TONE)

    def _coat(self) -> None:
        wear = self.wear
        coat = self._flared(0.0, wear.coat_length, 1.16, wear.coat_flare)
        if not wear.coat_gap:
            self._cloth(coat, wear.coat_pattern, Part.COAT, Part.COAT_TONE)
            return
        # An open coat is painted around what shows in its gap.
        edges = np.linspace(0, 1, _ROWS)
        gap = wear.coat_gap
        slices = [
            [(t0, a0), (t0, a1), (t1, a1), (t1, a0)]
            for t0, t1 in zip(edges[:-1], edges[1:], strict=True)
            for a0, a1 in ((gap, math.pi), (math.pi, 2 * math.pi - gap))
        ]
        shell = visible_patches(np.array(slices), self.yaw)
        self.painter.patches(coat, shell, Part.COAT)

    # Limbs

    def _limb(self, first: int, widths: tuple[float, ...]) -> Ribbon:
        a, b, c = self.points[first : first + 3]
        line = np.array([a, (a + b) / 2, b, (b + c) / 2, c])
        return Ribbon.along(line, np.array(widths))

    def _leg(self, hip: int) -> None:
        body, wear = self.body, self.wear
        thigh, calf = body.thigh_width, body.calf_width
        knee = 0.5 * (thigh + calf)
        leg = self._limb(
            hip, (thigh, 0.95 * thigh, 0.9 * knee, calf, 0.62 * calf)
        )
        self.painter.ribbon(leg, Part.SKIN)
        ankle, toe = self.points[hip + 2], self.points[hip + 3]
        self._shoe(ankle, toe)
        if wear.boot:
            self.painter.ribbon(
                leg.cut(1 - 0.5 * wear.boot, 1.0, 1.25), Part.SHOE
            )
        if wear.bottom == 'skirt':
            return
        loose = 0.5 + 0.5 * wear.bottom_width
        widths = np.array(
            (
                1.03 * thigh,
                1.0 * thigh * loose,
                0.95 * knee * loose,
                1.05 * calf * wear.bottom_width,
                0.9 * calf * wear.bottom_width,
            )
        )
        trousers = self._limb(hip, widths).cut(0.0, wear.bottom_length)
        self._cloth(
            trousers, wear.bottom_pattern, Part.BOTTOM, Part.BOTTOM_TONE
        )

    def _shoe(self, ankle: np.ndarray, toe: np.ndarray) -> None:
        heel = ankle + (ankle - toe) * 0.25 + (0, 0.012)
        shoe = Ribbon.along(
            np.array([heel, (heel + toe) / 2, toe]),
            np.array([0.02, 0.021, 0.014]),
        )
        self.painter.ellipse(
            (heel + toe) / 2 + (0, 0.004), (0.022, 0.019), Part.SHOE
        )
        self.painter.ribbon(shoe, Part.SHOE)

    def _arm(self, shoulder: int) -> None:
        wear, width = self.wear, self.body.arm_width
        arm = self._limb(
            shoulder,
            (
                1.25 * width,
                1.05 * width,
                0.9 * width,
                0.85 * width,
                0.6 * width,
            ),
        )
        wrist = self.points[shoulder + 2]
        side = 1 if shoulder == Joint.SHOULDER_L else -1
        if wear.bag == 'handbag' and side == wear.bag_side:
            self._box(wrist + (0, 0.03), 0.055, 0.035, 0.1)
        self.painter.ribbon(arm, Part.SKIN)
        self.painter.ellipse(
            wrist + (0, 0.3 * width), (0.8 * width, width), Part.SKIN
        )
        if wear.coat:
            self._sleeve(arm, 1.0, 1.4, Part.COAT)
        elif wear.sleeve_contrast:
            self._sleeve(arm, wear.sleeve, 1.3, Part.TOP_TONE)
        else:
            self._sleeve(arm, wear.sleeve, 1.3, Part.TOP)

    def _sleeve(
        self, arm: Ribbon, length: float, ease: float, part: int
    ) -> None:
        if not length:
            return
        sleeve = arm.cut(0.0, length, ease)
        shoulder = 0.5 * (sleeve.left[0] + sleeve.right[0])
        cap = 1.22 * ease * self.body.arm_width
        self.painter.ellipse(shoulder, (cap, 1.1 * cap), part)
        self.painter.ribbon(sleeve, part)
        pattern = self.wear.top
        if part == Part.TOP and pattern.kind in _ALL_OVER:
            patches = visible_patches(pattern_patches(pattern), self.yaw)
            self.painter.patches(sleeve, patches, Part.TOP_TONE)

    # Bags

    def _bag_depth(self) -> float:
        if self.wear.bag == 'backpack':
            return -self.cos
        return -self.wear.bag_side * self.sin

    def _box(
        self, top: np.ndarray, wide: float, deep: float, height: float
    ) -> None:
        """A bag: half width and half depth seen along its own axes."""
        size = self.wear.bag_size
        half = size * math.hypot(wide * self.cos, deep * self.sin)
        heights = np.linspace(top[1], top[1] + height * size, 3)
        bag = Ribbon.upright(
            np.full(3, top[0]), heights, half * np.array([0.85, 1.0, 0.95])
        )
        self.painter.ribbon(bag, Part.BAG)
        pocket = np.array(
            [[(0.55, 0.15), (0.55, 0.85), (0.9, 0.85), (0.9, 0.15)]]
        )
        self.painter.patches(bag, pocket, Part.BAG_TONE)

    def _bag(self) -> None:
        body, wear = self.body, self.wear
        if wear.bag == 'backpack':
            back = self.sin * (body.depth + 0.03 * wear.bag_size)
            top = self.points[Joint.NECK] + (-back, 0.035)
            self._box(top, 0.085, 0.045, 0.2)
        elif wear.bag == 'shoulder':
            side = wear.bag_side * self.cos * (body.hip + 0.03)
            top = self.points[Joint.PELVIS] + (side, -0.04)
            self._box(top, 0.045, 0.07, 0.11)

    # Head

    def _head(self) -> None:
        body, wear, painter = self.body, self.wear, self.painter
        center, neck = self.points[Joint.HEAD], self.points[Joint.NECK]
        cos, sin = math.cos(self.head_yaw), math.sin(self.head_yaw)
        ry = body.head / 2
        rx = ry * math.hypot(body.head_width * cos, 0.86 * sin)
        line = np.array([center, (center + neck) / 2, neck + (0, 0.025)])
        painter.ribbon(
            Ribbon.along(line, np.array([0.028, 0.028, 0.034])), Part.SKIN
        )
        scalp = Part.SKIN if wear.hair == 'bald' else Part.HAIR
        painter.ellipse(center, (1.05 * rx, 1.02 * ry), scalp)
        if cos <= -0.1:
            self._hair_fall()
        if wear.hair == 'bun':
            bun = center + (-0.75 * sin * rx, -0.85 * ry)
            painter.ellipse(bun, (0.5 * rx, 0.42 * ry), Part.HAIR)
        if cos > -0.55:
            face = center + (0.42 * sin * rx, 0.18 * ry)
            wide = (0.62 + 0.26 * max(cos, 0.0)) * rx
            painter.ellipse(face, (wide, 0.84 * ry), Part.SKIN)
            if cos > 0.0:
                for side in (-0.34, 0.34):
                    eye = face + ((side * cos + 0.2 * sin) * rx, -0.12 * ry)
                    painter.ellipse(eye, (0.13 * rx, 0.09 * ry), Part.EYE)
        if wear.hat != 'none':
            self._hat(center, rx, ry, sin)

    def _hat(
        self, center: np.ndarray, rx: float, ry: float, sin: float
    ) -> None:
        angle = np.linspace(math.pi, 2 * math.pi, 10)
        dome = np.stack([np.cos(angle), np.sin(angle)], 1)
        low = -0.28 * ry
        crown = dome * (1.12 * rx, 0.86 * ry) + center + (0, low)
        self.painter.polygon(crown, Part.HAT)
        if self.wear.hat == 'cap':
            brim = np.array([(-0.9, 0), (0.9, 0), (0.8, 0.22), (-0.8, 0.22)])
            brim = brim * (rx, ry) + center + (0.75 * sin * rx, low)
            self.painter.polygon(brim, Part.HAT)

    def _hair_fall(self) -> None:
        """Hair that hangs below the head."""
        wear, body = self.wear, self.body
        if wear.hair not in ('bob', 'long', 'ponytail'):
            return
        sin = math.sin(self.head_yaw)
        center = self.points[Joint.HEAD]
        ry = body.head / 2
        rx = ry * body.head_width
        length = {'bob': 1.15, 'long': 2.6, 'ponytail': 2.2}[wear.hair]
        wide = np.array([0.98, 1.12, 1.0]) * rx
        back = 0.4 * sin * rx
        if wear.hair == 'ponytail':
            wide = np.array([0.3, 0.42, 0.18]) * rx
            back = 1.05 * sin * rx
        heights = np.linspace(-0.15, length * wear.hair_length, 3) * ry
        hair = Ribbon.upright(
            np.full(3, center[0] - back), center[1] + heights, wide
        )
        self.painter.ribbon(hair, Part.HAIR)
