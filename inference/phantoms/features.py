"""What a phantom shall show on purpose, and what chance adds where more is wished for.

Everything here draws from generators of its own, one per feature, so phantoms that ask for nothing
stay as they were. Spurs, nodes, metal, cement, contrast and the scanner leave the person as it is
without them; variants, scoliosis, wedges and blocks move bones, and with them what the scan shows.
"""

from dataclasses import dataclass, fields, replace
from typing import Final
from zlib import crc32

import numpy as np

from annotation.domain.vertebrae import Region, region_of

VARIANTS: Final = ("T13", "L6", "no T12", "no L5")
CONTRASTS: Final = ("none", "arterial", "portal venous")
KERNELS: Final = ("soft", "standard", "sharp")
STEEPEST_COBB_DEG: Final = 60.0
MATERIALS: Final = ("screws", "cages", "cement")
_BLOCKS: Final = ("C2", "C3", "C5", "C6", "T4", "T7", "L2", "L3")
_CAGES: Final = ("C5", "C6", "L3", "L4")


def _one_of(what: str, given: set[str] | set[str | None], known: tuple[str, ...]) -> None:
    unknown = given - set(known)
    if unknown:
        raise ValueError(f"{what} is one of {', '.join(known)}, not {unknown.pop()!r}")


@dataclass(frozen=True)
class Features:
    """What is asked for; levels are anatomical names, and what is not asked for is left to chance.

    Attributes:
        variants: of `VARIANTS`; () is the usual 24 vertebrae, None leaves it to chance.
        cobb_deg: largest angle between two thoracic or lumbar bodies in the frontal plane, 0-60.
        osteophytes: levels with spurs at both rims.
        schmorl: levels with nodes of Schmorl.
        scheuermann: levels wedged by 6 to 11 degrees, with nodes and low discs.
        fused: each of these is one block with the vertebra below it.
        screws: levels with pedicle screws; rods join them.
        cages: levels with a cage in the disc below.
        cement: levels with cement.
        contrast: of `CONTRASTS`, in vessels and organs.
        noise_hu: standard deviation of the noise, Hounsfield units.
        kernel: of `KERNELS`.
        slice_mm: slice thickness along the body's axis, at least the spacing there.
    """

    variants: tuple[str, ...] | None = None
    cobb_deg: float | None = None
    osteophytes: tuple[str, ...] = ()
    schmorl: tuple[str, ...] = ()
    scheuermann: tuple[str, ...] = ()
    fused: tuple[str, ...] = ()
    screws: tuple[str, ...] = ()
    cages: tuple[str, ...] = ()
    cement: tuple[str, ...] = ()
    contrast: str | None = None
    noise_hu: float | None = None
    kernel: str | None = None
    slice_mm: float | None = None

    def __post_init__(self) -> None:
        variants = set(self.variants or ())
        _one_of("a variant", variants, VARIANTS)
        if variants >= {"T13", "no T12"} or variants >= {"L6", "no L5"}:
            raise ValueError("T13 needs T12, and L6 needs L5")
        _one_of("contrast", {self.contrast} - {None}, CONTRASTS)
        _one_of("a kernel", {self.kernel} - {None}, KERNELS)
        if self.cobb_deg is not None and not 0 <= self.cobb_deg <= STEEPEST_COBB_DEG:
            raise ValueError(f"a Cobb angle goes from 0 to 60 degrees, not {self.cobb_deg}")
        if self.noise_hu is not None and not 0 <= self.noise_hu <= 500:
            raise ValueError(f"noise goes from 0 to 500 HU, not {self.noise_hu}")
        cervical = [level for level in self.scheuermann if region_of(level) is Region.CERVICAL]
        if cervical or "C1" in self.levels:
            raise ValueError(f"no such change is drawn at {', '.join(cervical) or 'C1'}")

    @property
    def levels(self) -> frozenset[str]:
        """Return every level that something is asked for at."""
        return frozenset(
            level
            for name in ("osteophytes", "schmorl", "scheuermann", "fused", *MATERIALS)
            for level in getattr(self, name)
        )


NOTHING: Final = Features()


@dataclass(frozen=True)
class Purpose:
    """Features of one phantom and the generators they draw from."""

    seed: int
    features: Features = NOTHING

    def rng(self, name: str) -> np.random.Generator:
        """Return the generator of one feature; the same name gives the same numbers."""
        return np.random.default_rng([self.seed, 0xFEA7, crc32(name.encode())])


AIMLESS: Final = Purpose(0)


def with_chance(seed: int, features: Features) -> Features:
    """Return features to which chance has added what the plain generator never draws."""
    rng = Purpose(seed).rng("chance")
    added = Features(
        cobb_deg=float(rng.uniform(25, 55)) if rng.random() < 0.08 else None,
        scheuermann=_row_of_three(rng) if rng.random() < 0.06 else (),
        fused=(str(rng.choice(_BLOCKS)),) if rng.random() < 0.05 else (),
        cages=(str(rng.choice(_CAGES)),) if rng.random() < 0.05 else (),
    )
    missing = {
        one.name: getattr(added, one.name)
        for one in fields(Features)
        if getattr(features, one.name) in (None, ())
        and one.name != "variants"
        and getattr(added, one.name) not in (None, ())
    }
    return replace(features, **missing)


def _row_of_three(rng: np.random.Generator) -> tuple[str, ...]:
    first = int(rng.integers(5, 9))
    return tuple(f"T{number}" for number in range(first, first + 3))
