"""A person: spine, sacrum and outline."""

from dataclasses import dataclass

import numpy as np

from annotation.domain.vertebrae import Region, region_of
from inference.phantoms.distance import Field
from inference.phantoms.habitus import Habitus
from inference.phantoms.spine import Body


@dataclass(frozen=True)
class Person:
    """What the painters need to know.

    Attributes:
        bodies: vertebral bodies, cranial to caudal.
        sacrum: bodies of sacrum and coccyx, cranial to caudal.
        habitus: the outline.
    """

    bodies: tuple[Body, ...]
    sacrum: tuple[Body, ...]
    habitus: Habitus

    def z_of(self, level: str, fallback: str) -> float:
        """Return the height of a level, or of another one where it is absent."""
        found = {body.level: float(body.centre[2]) for body in self.bodies}
        return found.get(level, found[fallback])

    def beside(self, region: Region) -> list[Body]:
        """Return the bodies of one region."""
        return [body for body in self.bodies if region_of(body.level) is region]

    def profile(self, z: Field, name: str) -> Field:
        """Return a line of the outline at heights z: an attribute of it, or "middle" for y."""
        if name == "middle":
            return self.habitus.middle_y(z).astype(np.float32)
        return self.habitus.at(getattr(self.habitus, name), z).astype(np.float32)
