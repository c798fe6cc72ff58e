"""Draws a person: limbs and garments, head and bag, in order of depth."""

import math

import numpy as np

from ..identity import Identity, Part, Pattern
from ..pose import Joint, Pose, view_person
from .bags import bag_is_near, draw_bag, draw_handbag, draw_straps
from .head import draw_hair_fall, draw_head, hair_is_near
from .painter import Painter
from .pattern import pattern_patches
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
        self.view = view_person(identity, pose)
        self.points = self.view.points
        self.yaw = pose.yaw

    def draw(self) -> None:
        """Paint everything, the farthest first."""
        who = (self.painter, self.identity, self.view)
        near = self.view.near
        arms = sorted(
            (Joint.SHOULDER_L, Joint.SHOULDER_R), key=near.__getitem__
        )
        legs = sorted((Joint.HIP_L, Joint.HIP_R), key=near.__getitem__)
        # An arm at the far side is hidden; arms at the sides are not.
        hidden = 1 if near[arms[0]] < -0.035 else 0
        if not bag_is_near(self.identity, self.view):
            draw_bag(*who)
        if not hair_is_near(self.view):
            draw_hair_fall(*who)
        for arm in arms[:hidden]:
            self._arm(arm)
        for leg in legs:
            self._leg(leg)
        self._trunk()
        if bag_is_near(self.identity, self.view):
            draw_bag(*who)
        draw_head(*who)
        for arm in arms[hidden:]:
            self._arm(arm)

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
        wide = np.interp(level, _LEVELS, front) * math.cos(self.yaw)
        deep = np.interp(level, _LEVELS, _SIDE * body.depth) * math.sin(
            self.yaw
        )
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
        draw_straps(self.painter, self.identity, self.view, top)

    def _flared(
        self, start: float, stop: float, ease: float, flare: float
    ) -> Ribbon:
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
        draw_handbag(self.painter, self.identity, self.view, shoulder + 2)
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
        cap = 1.05 * ease * self.body.arm_width
        self.painter.ellipse(shoulder + (0, 0.3 * cap), (cap, cap), part)
        self.painter.ribbon(sleeve, part)
        pattern = self.wear.top
        if part == Part.TOP and pattern.kind in _ALL_OVER:
            patches = visible_patches(pattern_patches(pattern), self.yaw)
            self.painter.patches(sleeve, patches, Part.TOP_TONE)
