"""Makes a phantom from a seed: draws a person, chooses a view, paints it, and states the truth."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from annotation.domain.genant import Shape, measure_points
from annotation.domain.geometry import Grid, Volume
from annotation.domain.vertebrae import label_of
from inference.phantoms.anatomy import levels_with
from inference.phantoms.deformity import draw_deformities
from inference.phantoms.distance import Canvas
from inference.phantoms.features import NOTHING, Features, Purpose, with_chance
from inference.phantoms.foreign import asked_foreign, paint_foreign
from inference.phantoms.habitus import draw_habitus
from inference.phantoms.hounsfield import (
    Parts,
    as_asked,
    draw_scanner,
    masks,
    noise_tile,
    render_bones,
    take_picture,
)
from inference.phantoms.paint import Paint, draw_person_bones, paint_discs
from inference.phantoms.person import Person
from inference.phantoms.phantom import Phantom, PhantomVertebra
from inference.phantoms.section import Section
from inference.phantoms.skeleton import sacral_bodies
from inference.phantoms.soft import coarse_grid, to_fine
from inference.phantoms.spine import Body, Fracture, draw_spine
from inference.phantoms.tissue import paint_soft
from inference.phantoms.view import View, choose_view

PARTIAL_MARGIN_MM = 2.0


@dataclass(frozen=True)
class PhantomOptions:
    """What a phantom shall show.

    Attributes:
        spacing_mm: voxel size along i (posterior), j (inferior), k (right).
        field: "spine" is a box around the spine, tight or wide; "body" a whole axial field of view
            with ribs, lungs, pelvis, legs and head where the scan reaches them.
        levels: cranial and caudal level that must lie in view whole; None draws a part at random.
        fracture: (level, shape, g) of a fracture that must be there; None leaves it to chance.
        features: what else must be there.
        rich: chance adds what it otherwise never draws (`with_chance`); the committed weights have
            learnt from phantoms without it.
        beyond_mm: of the scan above and below `levels`; None draws 5 to 18 mm.
    """

    spacing_mm: tuple[float, float, float] = (1.0, 1.0, 1.0)
    field: str = "spine"
    levels: tuple[str, str] | None = None
    fracture: tuple[str, str, float] | None = None
    features: Features = NOTHING
    rich: bool = False
    beyond_mm: tuple[float, float] | None = None

    @property
    def view(self) -> View:
        """Return which part of a person is shown."""
        return View(self.field, self.levels, self.beyond_mm)


def make_phantom(seed: int, options: PhantomOptions | None = None) -> Phantom:
    """Make the phantom of a seed; the same seed and options give the same phantom.

    Raises:
        ValueError: if the field is unknown, or a level asked for is not in this person.
    """
    options = options or PhantomOptions()
    rng = np.random.default_rng([seed, 0x1A314A])
    purpose = _purpose(seed, options)
    person = _draw_person(rng, options, purpose)
    grid = choose_view(rng, person, options.view, options.spacing_mm)
    paint = _paint(rng, person, grid, purpose)
    metal = paint_foreign(rng, paint.canvas, paint.hu, paint.foreign)
    asked = asked_foreign(person, purpose)
    metal |= paint_foreign(purpose.rng("streaks"), paint.canvas, paint.hu, asked)
    paint.foreign.add(asked.material)
    scanner = draw_scanner(rng, options.spacing_mm)
    scanner = as_asked(scanner, purpose.features, options.spacing_mm)
    hu = take_picture(rng, paint.hu, scanner)
    mask, body_mask = masks(paint.canvas, paint.parts)
    mask[metal], body_mask[metal] = 0, 0
    return _state_truth(rng, seed, person, paint, (hu, mask, body_mask))


def _purpose(seed: int, options: PhantomOptions) -> Purpose:
    asked = options.features
    if options.fracture and options.fracture[0] in asked.scheuermann:
        raise ValueError(f"{options.fracture[0]} is asked to be both fractured and Scheuermann's")
    return Purpose(seed, with_chance(seed, asked) if options.rich else asked)


def _asked(options: PhantomOptions) -> Fracture | None:
    if options.fracture is None:
        return None
    level, shape, g = options.fracture
    if not 0.2 <= g < 0.97:
        raise ValueError(f"a fracture leaves a height ratio from 0.2 to 0.97, not {g}")
    return Fracture(level, Shape(shape), g)


def _draw_person(rng: np.random.Generator, options: PhantomOptions, purpose: Purpose) -> Person:
    asked = _asked(options)
    wanted = {*(options.levels or ()), *((asked.level,) if asked else ()), *options.features.levels}
    variants = purpose.features.variants
    names = None if variants is None else levels_with(variants)
    for _ in range(1000 if names is None or wanted <= set(names) else 0):
        bodies = draw_spine(rng, names, asked, purpose)
        if wanted <= {body.level for body in bodies}:
            return Person(bodies, tuple(sacral_bodies(rng, bodies[-1])), draw_habitus(rng, bodies))
    raise ValueError(f"no phantom has all of the levels {', '.join(sorted(wanted))}")


def _paint(rng: np.random.Generator, person: Person, grid: Grid, purpose: Purpose) -> Paint:
    coarse = coarse_grid(grid, 2.0 if max(grid.spacing_mm) <= 1.6 else 4.0)
    soft = paint_soft(rng, person, coarse, purpose.features.contrast)
    hu = to_fine(soft.hu, coarse, grid)
    blur = 1.3 * float(np.prod(grid.spacing_mm)) ** (1 / 3)
    paint = Paint(
        canvas=Canvas.blank(grid, max(blur, 1.5)),
        parts=Parts(),
        hu=hu,
        extra_hu=np.zeros(grid.shape, np.float32),
    )
    paint_discs(rng, paint, person)
    draw_person_bones(rng, paint, person)
    draw_deformities(paint, person, purpose)
    tile = noise_tile(rng, float(rng.uniform(0.5, 1.2)), 4.0)
    render_bones(
        paint.canvas, paint.parts, paint.hu, paint.extra_hu, (tile, float(rng.uniform(5, 70)))
    )
    return paint


def _state_truth(
    rng: np.random.Generator,
    seed: int,
    person: Person,
    paint: Paint,
    arrays: tuple[NDArray[np.int16], NDArray[np.uint8], NDArray[np.uint8]],
) -> Phantom:
    hu, mask, body_mask = arrays
    grid = paint.canvas.grid
    seen = set(np.unique(body_mask[body_mask > 0]).tolist())
    shown = [body for body in person.bodies if label_of(body.level) in seen]
    for label in set(np.unique(mask[mask > 0]).tolist()) - seen:
        mask[mask == label] = 0
    shift = rng.uniform(-200, 200, 3)
    affine = grid.affine_lps.copy()
    affine[:3, 3] += shift
    vertebrae = tuple(_truth(body, paint, shift) for body in shown)
    return Phantom(
        seed=seed,
        volume=Volume(hu, Grid(grid.dims, affine)),
        mask=mask,
        body_mask=body_mask,
        vertebrae=vertebrae,
        shows=_anchors(person, grid),
    )


def _truth(body: Body, paint: Paint, shift: NDArray[np.float64]) -> PhantomVertebra:
    grid = paint.canvas.grid
    moved = replace(body, centre=body.centre + shift)
    points = moved.six_points()
    measured = measure_points(points)
    material = frozenset(paint.foreign.material.get(body.level, ()))
    first_x = float(grid.affine_lps[0, 3] + shift[0])
    section = Section(moved, first_x, grid.spacing_mm[2]) if body.level != "C1" else None
    return PhantomVertebra(
        level=body.level,
        centroid_mm=points.reshape(6, 3).mean(axis=0),
        six_points_mm=points,
        heights_mm=body.heights.copy(),
        g=measured.g,
        grade=measured.grade,
        shape=str(measured.shape),
        is_partial=not _is_whole(body, grid),
        has_foreign=bool(material),
        material=material,
        signs=frozenset(paint.signs.get(body.level, ())),
        section=section,
    )


def _is_whole(body: Body, grid: Grid) -> bool:
    sides = [body.place(s * body.width / 2, 0, 0) for s in (-1, 1)]
    points = np.concatenate([body.six_points().reshape(6, 3), np.array(sides)])
    index = grid.to_ijk(points)
    margin = PARTIAL_MARGIN_MM / np.array(grid.spacing_mm)
    return bool((index >= margin).all() and (index <= np.array(grid.dims) - 1 - margin).all())


def _anchors(person: Person, grid: Grid) -> frozenset[str]:
    found = {body.level: body for body in person.bodies}
    last = person.bodies[-1]
    shows = set()
    if _is_whole(found["C2"], grid):
        shows.add("C2")
    if _is_whole(found["T1"], grid) and _holds(found["T1"], 32.0, grid):
        shows.add("T1_rib")
    if _is_whole(last, grid) and _is_whole(person.sacrum[0], grid):
        shows.add("L5_sacrum")
    return frozenset(shows)


def _holds(body: Body, reach: float, grid: Grid) -> bool:
    ends = np.array([body.place(s * reach, body.depth / 2 + 12, 0) for s in (-1, 1)])
    index = grid.to_ijk(ends)
    inside = ((index >= 0) & (index <= np.array(grid.dims) - 1)).all(axis=1)
    return bool(inside.any())
