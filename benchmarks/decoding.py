"""How vertebrae are named where counting is hard: six phantoms, in words and pictures.

    python -m benchmarks.decoding [--write] [--weights FOLDER]

Each phantom goes through the anchor-free system up to the names. The page tells what it named each
vertebra, what it counted from, and what counting upwards from L5 would have made of the same row
(the rule of Glessgen et al.). `--write` puts page and pictures into docs/decoding.
"""

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from inference.judging import match_centres
from inference.phantoms.features import Features
from inference.phantoms.make import PhantomOptions, make_phantom
from inference.phantoms.phantom import Phantom
from inference.phases.count import count_upwards
from inference.phases.sampling import to_patient
from inference.phases.straighten import V_BEFORE
from inference.pipelines.anchor_free import Sight, look
from inference.weights import Weights, load_weights

FOLDER: Final = Path(__file__).resolve().parent.parent / "docs" / "decoding"
FINE: Final = (1.0, 1.5, 1.5)
SCALE: Final = 3
RIGHT, WRONG, UNKNOWN = (120, 220, 130), (255, 110, 90), (200, 200, 200)
FIRST_SEED: Final = 9_100_000
"""No training may use these seeds."""


@dataclass(frozen=True)
class Case:
    """A phantom whose count is hard.

    Attributes:
        name: of its picture.
        title: what is hard about it.
        options: what it shows.
    """

    name: str
    title: str
    options: PhantomOptions


USUAL: Final = Features(variants=())


def _shown(
    levels: tuple[str, str],
    features: Features = USUAL,
    fracture: tuple[str, str, float] | None = None,
    below_mm: float = 80.0,
) -> PhantomOptions:
    """Return options of a scan of the trunk; below the last level lies the sacrum."""
    return PhantomOptions(FINE, "body", levels, fracture, features, beyond_mm=(10.0, below_mm))


CASES: Final = (
    Case("l6", "a sixth lumbar vertebra", _shown(("T8", "L6"), Features(variants=("L6",)))),
    Case("t13", "a thirteenth thoracic one", _shown(("C7", "L5"), Features(variants=("T13",)))),
    Case("no-t12", "no twelfth thoracic one", _shown(("C7", "L5"), Features(variants=("no T12",)))),
    Case("cut", "cut above L5, no end to count from", _shown(("T7", "L3"), below_mm=8.0)),
    Case(
        "screws",
        "screws and rods L3-L5, a cage in L4/L5",
        _shown(("T9", "L5"), Features(variants=(), screws=("L3", "L4", "L5"), cages=("L4",))),
    ),
    Case(
        "crush", "a severe crush of L1, G 0.35", _shown(("T8", "L5"), USUAL, ("L1", "crush", 0.35))
    ),
)


@dataclass(frozen=True)
class Named:
    """What was made of one phantom.

    Attributes:
        case: which.
        phantom: with its truth.
        sight: what the system saw.
        truth: true level of each found vertebra, cranial to caudal; None where none is near.
        missed: whole vertebrae that were not found.
    """

    case: Case
    phantom: Phantom
    sight: Sight
    truth: tuple[str | None, ...]
    missed: tuple[str, ...]

    @property
    def levels(self) -> tuple[str, ...]:
        """Return the names given, cranial to caudal."""
        return self.sight.count.levels

    @property
    def upwards(self) -> tuple[str, ...]:
        """Return the names that counting upwards from L5 gives."""
        return count_upwards(len(self.levels)).levels


def name_case(case: Case, weights: Weights) -> Named:
    """Make a phantom, find its vertebrae and name them."""
    phantom = make_phantom(FIRST_SEED + CASES.index(case), case.options)
    sight = look(phantom.volume, weights)
    centres = [
        to_patient(sight.points(one), phantom.volume.grid).mean(axis=(0, 1))
        for one in sight.detections.found
    ]
    true = np.array([one.centroid_mm for one in phantom.vertebrae])
    matching = match_centres(true, np.array(centres).reshape(-1, 3), 12.0)
    partner = {found: phantom.vertebrae[index].level for index, found in matching.pairs}
    missed = [phantom.vertebrae[index] for index in matching.missed]
    return Named(
        case,
        phantom,
        sight,
        tuple(partner.get(place) for place in range(len(centres))),
        tuple(one.level for one in missed if not one.is_partial),
    )


def n_right(truth: Sequence[str | None], given: Sequence[str]) -> int:
    """Return how many names are the true ones."""
    return sum(true == name for true, name in zip(truth, given, strict=True))


def picture(named: Named) -> Image.Image:
    """Return the straightened mid-sagittal slice with six points, given and true names."""
    sight = named.sight
    if sight.picture is None:
        raise ValueError(f"no spine was found in {named.case.name}")
    hu = sight.picture[0].numpy()
    grey = (np.clip((hu + 250) / 1250, 0, 1) * 255).astype(np.uint8)
    size = (grey.shape[1] * SCALE, grey.shape[0] * SCALE)
    image = Image.fromarray(grey).resize(size, Image.Resampling.BICUBIC).convert("RGB")
    wide = Image.new("RGB", (image.width + 130, image.height), (16, 16, 18))
    wide.paste(image, (0, 0))
    draw = ImageDraw.Draw(wide)
    font = ImageFont.load_default(18)
    for one, given, true in zip(sight.detections.found, named.levels, named.truth, strict=True):
        colour = UNKNOWN if true is None else RIGHT if true == given else WRONG
        corners = _outline(one.points)
        draw.line([*corners, corners[0]], fill=colour, width=2)
        told = given if true == given else f"{given} (is {true or 'none'})"
        place = (image.width + 8, float(one.centre[0]) * SCALE - 10)
        draw.text(place, told, fill=colour, font=font)
    return wide


def _outline(points: NDArray[np.float64]) -> list[tuple[float, float]]:
    """Return the hexagon of six points (3, 2, 2) in pixels of the picture."""
    round_trip = [(0, 0), (1, 0), (2, 0), (2, 1), (1, 1), (0, 1)]
    return [
        (float(points[p, e, 1] + V_BEFORE) * SCALE, float(points[p, e, 0]) * SCALE)
        for p, e in round_trip
    ]


def page(all_named: Sequence[Named], weights: Weights) -> str:
    """Return the page of all cases."""
    stamp = datetime.now(tz=UTC).strftime("%Y-%m-%d")
    wrong = [named for named in all_named if wrong_names(named.truth, named.levels)]
    missed = [named for named in all_named if named.missed]
    lines = [
        "# Naming vertebrae where counting is hard",
        "",
        f"{stamp}, weights {weights.name} {weights.sha256[:12]}, phantoms no training has seen "
        f"(seeds from {FIRST_SEED}). Wrong names: {_links(wrong)}. Vertebrae not found: "
        f"{_links(missed)}. Made by `python -m benchmarks.decoding --write`.",
        "",
        "Phantoms prove code, not medicine. Six spines are examples, no statistic, and the rules "
        "of the search were changed after the first had been seen. 'Upwards' is what counting "
        "from L5 upwards makes of the same row, as one published system does.",
        "",
        "| spine | found | names right | upwards right | counted from | not found |",
        "|---|---|---|---|---|---|",
        *(_line(named) for named in all_named),
        "",
    ]
    for named in all_named:
        lines += [f"## {named.case.name}", "", *_told(named), ""]
    return "\n".join(lines)


def _links(some: Sequence[Named]) -> str:
    return ", ".join(f"[{named.case.name}](#{named.case.name})" for named in some) or "none"


def _line(named: Named) -> str:
    right, upwards = (n_right(named.truth, each) for each in (named.levels, named.upwards))
    return (
        f"| {named.case.title} | {len(named.levels)} | {right} | {upwards} "
        f"| {named.sight.count.counted_from} | {', '.join(named.missed) or '-'} |"
    )


def _told(named: Named) -> list[str]:
    wrong = "; ".join(wrong_names(named.truth, named.levels)) or "All names are right"
    missed = f" Not found: {', '.join(named.missed)}." * bool(named.missed)
    title = named.case.title
    return [
        f"{title[0].upper()}{title[1:]}. {wrong}.{missed}",
        "",
        f"![{title}]({named.case.name}.png)",
    ]


def wrong_names(truth: Sequence[str | None], given: Sequence[str]) -> list[str]:
    """Return in words what was called by a wrong name."""
    pairs = zip(truth, given, strict=True)
    return [f"{true or 'nothing'} was called {name}" for true, name in pairs if true != name]


def main() -> int:
    """Name all cases, print the page, and keep it where asked."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.decoding", description=__doc__)
    parser.add_argument("--write", action="store_true", help="keep page and pictures in docs")
    parser.add_argument("--weights", type=Path, help="folder of weights; default: the committed")
    arguments = parser.parse_args()
    weights = load_weights(arguments.weights)
    all_named = [name_case(case, weights) for case in CASES]
    text = page(all_named, weights)
    sys.stdout.write(text)
    if arguments.write:
        FOLDER.mkdir(parents=True, exist_ok=True)
        (FOLDER / "README.md").write_text(text, encoding="utf-8")
        for named in all_named:
            picture(named).quantize(96).save(FOLDER / f"{named.case.name}.png", optimize=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
