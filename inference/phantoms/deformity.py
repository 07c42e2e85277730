"""Draws what is asked for on purpose at single vertebrae: spurs, nodes of Schmorl, blocks."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from inference.phantoms.distance import FAR_MM, Capsule, body_distance, own_axes
from inference.phantoms.features import Purpose
from inference.phantoms.paint import Paint, draw_dents, draw_spurs
from inference.phantoms.person import Person
from inference.phantoms.spine import Body, disc_between


def draw_deformities(paint: Paint, person: Person, purpose: Purpose) -> None:
    """Add what is asked for to bones that are drawn already."""
    asked = purpose.features
    below = (*person.bodies[1:], person.sacrum[0])
    spurs, nodes, blocks = (purpose.rng(name) for name in ("osteophytes", "schmorl", "fused"))
    for body, lower in zip(person.bodies, below, strict=True):
        if body.level in asked.osteophytes:
            _add_spurs(spurs, paint, body, lower)
        if body.level in (*asked.schmorl, *asked.scheuermann):
            _add_nodes(nodes, paint, body)
        if body.level in asked.scheuermann:
            paint.note(body.level, "scheuermann")
        if body.level in asked.fused and lower.level in paint.solid:
            _join(blocks, paint, body, lower)


def _add_spurs(rng: np.random.Generator, paint: Paint, body: Body, lower: Body) -> None:
    for spur in draw_spurs(rng, body, lower, (1.0, paint.solid[body.level])):
        paint.canvas.draw_capsule(spur)
    paint.note(body.level, "osteophytes")


def _add_nodes(rng: np.random.Generator, paint: Paint, body: Body) -> None:
    """Take balls out of a body that is drawn, and make the bone around them dense."""
    for centre, radius in draw_dents(rng, body):
        _carve(paint, paint.solid[body.level], centre, radius)
    paint.note(body.level, "schmorl")


def _carve(paint: Paint, part: int, centre: NDArray[np.float64], radius: float) -> None:
    box = paint.canvas.box(centre - radius - 3, centre + radius + 3)
    if box is None:
        return
    x, y, z = (axis - np.float32(c) for axis, c in zip(paint.canvas.axes(box), centre, strict=True))
    ball = np.sqrt(x * x + y * y + z * z) - np.float32(radius)
    own = paint.canvas.owner[box] == part
    depth = paint.canvas.depth[box]
    np.maximum(depth, -ball, out=depth, where=own)
    paint.extra_hu[box] += own * np.float32(160) * np.exp(-np.maximum(ball, 0) / np.float32(1.5))


def _join(rng: np.random.Generator, paint: Paint, body: Body, lower: Body) -> None:
    """Fill the disc of a block with bone, half of each vertebra, and join their arches."""
    disc, _ = disc_between(body, lower)
    slim = float(rng.uniform(0.82, 0.95))
    disc = replace(disc, width=disc.width * slim, depth=disc.depth * slim)
    found = body_distance(paint.canvas, disc)
    for sign, owner in ((1, body), (-1, lower)):
        paint.note(owner.level, "fused")
        if found is not None:
            box, distance, _ = found
            up = own_axes(disc, *paint.canvas.axes(box))[2]
            half = np.where(sign * up >= 0, distance, np.float32(FAR_MM))
            paint.canvas.draw(box, half, paint.solid[owner.level])
    for side in (-1, 1):
        ends = [_lamina(one, side) for one in (body, lower)]
        middle = 0.5 * (ends[0] + ends[1])
        for end, owner in zip(ends, (body, lower), strict=True):
            rod = Capsule(end, middle, 3.0, 3.0, paint.arch[owner.level])
            paint.canvas.draw_capsule(rod)


def _lamina(body: Body, side: int) -> NDArray[np.float64]:
    u = side * (body.canal_width / 2 + 2.0)
    return body.place(u, body.depth / 2 + 0.85 * body.canal_depth, 0)
