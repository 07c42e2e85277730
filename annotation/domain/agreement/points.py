"""How far two readers' six points lie apart, in the plane of each vertebra and across it."""

from dataclasses import dataclass

import numpy as np

from annotation.domain.agreement.estimates import Array


@dataclass(frozen=True)
class PointDistances:
    """Distances of corresponding points, in millimetres.

    Attributes:
        n: vertebrae both readers have placed points on; six distances each.
        median: within the plane of the vertebra.
        p95: 95th percentile within the plane.
        p99: 99th percentile within the plane.
        largest: within the plane.
        lateral_p95: 95th percentile across the plane.
    """

    n: int
    median: float
    p95: float
    p99: float
    largest: float
    lateral_p95: float


def point_distances(first_mm: Array, second_mm: Array) -> PointDistances | None:
    """Compare two readers' points; None where no vertebra has both.

    The plane is the best one through the six mean points, as for a single vertebra in
    `domain.discrepancy`.

    Args:
        first_mm: (n, 3, 2, 3) millimetres, NaN where a reader placed none.
        second_mm: of the other reader, same shape.
    """
    both = np.isfinite(first_mm).all(axis=(1, 2, 3)) & np.isfinite(second_mm).all(axis=(1, 2, 3))
    first, second = first_mm[both], second_mm[both]
    n = len(first)
    if n == 0:
        return None
    mean = ((first + second) / 2).reshape(n, 6, 3)
    normal = np.linalg.svd(mean - mean.mean(axis=1, keepdims=True))[2][:, -1]
    apart = (second - first).reshape(n, 6, 3)
    across = np.einsum("npx,nx->np", apart, normal)
    in_plane = np.linalg.norm(apart - across[..., None] * normal[:, None], axis=-1).ravel()
    median, p95, p99 = np.percentile(in_plane, [50, 95, 99])
    return PointDistances(
        n,
        float(median),
        float(p95),
        float(p99),
        float(in_plane.max()),
        float(np.percentile(np.abs(across), 95)),
    )
