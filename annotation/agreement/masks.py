"""How far the masks of one case agree where people made them independently of each other."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import combinations
from typing import Any, Final
from uuid import UUID

import numpy as np

from annotation.bridge.runs import decode_runs
from annotation.domain.agreement.estimates import SEED
from annotation.domain.agreement.report import Ratings, Row, mean_rows
from annotation.domain.agreement.surfaces import compare_label_maps
from annotation.domain.workflow import Stage
from annotation.refinement.independent import handed_in
from annotation.refinement.models import MaskRevision
from annotation.refinement.selectors import bytes_of, newest_shared
from annotation.studies.models import Case, Dataset
from annotation.studies.selectors import levels_of
from annotation.studies.volumes import grid_of

MEASURES: Final = ("dice", "hd95_mm", "assd_mm", "nsd_1mm", "nsd_2mm")


@dataclass(frozen=True)
class MaskPair:
    """Two masks of one case.

    Attributes:
        case: whose.
        names: kinds of the tracks.
        first: newest revision of the one track.
        second: newest revision of the other.
    """

    case: Case
    names: tuple[str, str]
    first: MaskRevision
    second: MaskRevision

    @property
    def key(self) -> str:
        """Name of both contents."""
        return f"{self.case.pk} {self.first.map_sha256} {self.second.map_sha256}"


def mask_pairs(dataset: Dataset) -> list[MaskPair]:
    """Return the pairs of masks of cases whose readings are closed, in a fixed number of queries.

    Shared masks are paired with each other, and independent masks with each other.
    """
    cases = dataset.cases.filter(stage__in=(Stage.CONSENSUS.value, Stage.FINAL.value))
    shared: dict[UUID, list[MaskRevision]] = {}
    for revision in newest_shared(cases):
        shared.setdefault(revision.track.case_id, []).append(revision)
    own = {case: [made[key] for key in sorted(made)] for case, made in handed_in(cases).items()}
    return [
        MaskPair(case, (first.track.kind, second.track.kind), first, second)
        for case in cases.select_related("volume").order_by("number")
        for masks in (shared.get(case.pk, []), own.get(case.pk, []))
        for first, second in combinations(masks, 2)
    ]


def fingerprint_of(pairs: Iterable[MaskPair]) -> str:
    """Return a name of the masks that are compared, empty without any."""
    keys = "\n".join(sorted(pair.key for pair in pairs))
    return hashlib.sha256(keys.encode()).hexdigest() if keys else ""


def compare_pairs(
    pairs: Sequence[MaskPair], known: Mapping[str, Any], *, draws: int
) -> dict[str, Any]:
    """Return every vertebra's figures and their means by part of the spine.

    Args:
        pairs: what to compare.
        known: figures computed before, by `MaskPair.key`.
        draws: of the bootstrap.
    """
    cases = {pair.key: known.get(pair.key) or _vertebrae(pair) for pair in pairs}
    by_names: dict[tuple[str, str], list[MaskPair]] = {}
    for pair in pairs:
        by_names.setdefault(pair.names, []).append(pair)
    rows: list[dict[str, Any]] = []
    missed: list[dict[str, Any]] = []
    for names, some in sorted(by_names.items()):
        found = [(pair, one) for pair in some for one in cases[pair.key]]
        rows += [_row(row, names) for row in _means(found, draws)]
        n_missed = sum(one["missed"] for _, one in found)
        missed.append({"tracks": list(names), "n": len(found), "n_missed": n_missed})
    return {"cases": cases, "rows": rows, "missed": missed}


def _vertebrae(pair: MaskPair) -> list[dict[str, Any]]:
    masks = [decode_runs(bytes_of(one)) for one in (pair.first, pair.second)]
    levels = levels_of(pair.case)
    i, j, k = grid_of(pair.case.volume).spacing_mm
    return [
        {"number": number, "level": levels[number], **asdict(found)}
        for number, found in compare_label_maps(masks[0], masks[1], (k, j, i)).items()
        if number in levels
    ]


def _means(found: Sequence[tuple[MaskPair, dict[str, Any]]], draws: int) -> list[Row]:
    _, patients = np.unique([str(pair.case.patient_id) for pair, _ in found], return_inverse=True)
    levels = np.array([one["level"] for _, one in found], dtype=np.str_)
    of = {
        name: np.array([[np.nan if one[name] is None else one[name]] for _, one in found])
        for name in MEASURES
    }
    ratings = Ratings(("",), levels, patients.astype(np.int64), of)
    return mean_rows(ratings, draws=draws, seed=SEED)


def _row(row: Row, names: tuple[str, str]) -> dict[str, Any]:
    return {
        "group": row.group,
        "of": row.of,
        "readers": list(names),
        "statistic": row.statistic,
        **asdict(row.estimate),
    }
