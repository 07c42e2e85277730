"""The published systems, as a server knows them that never runs a model.

What their networks are stands in `inference.systems`; a test keeps both tables together.
"""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class PublishedSystem:
    """One system.

    Attributes:
        name: as cards of weights and model versions write it.
        title: as people read it.
        source: the publication it follows.
        reads_radiographs: it reads radiographs; all others read CTs. A dataset may have one model
            of each kind in service.
        learns_in_rounds: rounds train it on from final cases.
    """

    name: str
    title: str
    source: str
    reads_radiographs: bool = False
    learns_in_rounds: bool = False


SYSTEMS: Final = {
    system.name: system
    for system in (
        PublishedSystem(
            "anchor-free",
            "Anchor-free six points",
            "Zakharov et al. 2023, doi:10.1016/j.media.2022.102646",
            learns_in_rounds=True,
        ),
        PublishedSystem(
            "verse-framework",
            "VerSe framework",
            "Loeffler et al. 2020, doi:10.1148/ryai.2020190138",
        ),
        PublishedSystem(
            "segment-and-slice",
            "Segment and Slice",
            "Glessgen et al., Segment and Slice; ResNet-18 of He et al. 2016",
        ),
        PublishedSystem(
            "compression-ratio",
            "Compression ratio in radiographs",
            "Kim et al. 2021, doi:10.1007/s10278-021-00471-0",
            reads_radiographs=True,
        ),
    )
}
"""Systems by name."""

READ_RADIOGRAPHS: Final = frozenset(
    name for name, system in SYSTEMS.items() if system.reads_radiographs
)
"""Names of the systems that read radiographs."""
