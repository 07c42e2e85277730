"""The two real CT of the demo, their references, and what a pipeline reaches on them."""

import json
import tempfile
import time
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from annotation.domain.geometry import Grid, Volume
from annotation.domain.proposal import Proposal
from annotation.domain.vertebrae import label_of, level_of
from annotation.imaging.canonical import to_canonical
from annotation.imaging.dicom import read_series
from annotation.imaging.label_maps import TABLES
from annotation.imaging.masks import import_mask
from annotation.imaging.nifti import read_ct
from annotation.imaging.results import SeriesResult
from inference import judging
from inference.observation import Pipeline
from inference.table import Row, at_least, below, plain
from inference.truths import TrueVertebra, Truth
from inference.weights import Weights

ROOT = Path(__file__).resolve().parent.parent
THORACIC = ROOT / "demo" / "thoracic" / "lidc0314_crop_dicom_275.zip"
CENTRES = ROOT / "tests" / "data" / "lidc0314_centres" / "approx_body_centres_read_by_eye.json"
LUMBAR = ROOT / "demo" / "lumbar" / "example_ct.nii.gz"
LUMBAR_MASK = ROOT / "demo" / "lumbar" / "totalseg_vertebrae.nii.gz"
NAMED = ("L1", "L2", "L3", "L4", "L5")
OUTLINED = ("L1", "L2", "L3", "L4")
UNNAMED = (*(f"T{n}" for n in range(1, 13)), "L1")
"""Places of the centres read by eye in cranial order; an order, not a reading of levels."""
CUT_MM = 15.0
"""A centre this near to the first or last slice belongs to a vertebra that the border cuts."""
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Run:
    """A proposal and the seconds it took."""

    proposal: Proposal
    seconds: float

    @property
    def centres_mm(self) -> Floats:
        """Centres of all proposed vertebrae, (n, 3) LPS."""
        return np.array([one.centroid_mm for one in self.proposal.vertebrae]).reshape(-1, 3)


def read_thoracic() -> Volume:
    """Return the thoracic CT, read from its DICOM slices."""
    with tempfile.TemporaryDirectory() as folder:
        with zipfile.ZipFile(THORACIC) as archive:
            archive.extractall(folder)
        files = sorted(path for path in Path(folder).rglob("*") if path.is_file())
        results = [result for result in read_series(files) if result.is_accepted]
    if len(results) != 1:
        raise ValueError(f"the thoracic zip holds {len(results)} readable series, not one")
    return _volume(results[0])


def read_centres(grid: Grid) -> Floats:
    """Return the body centres read by eye, (13, 3) LPS, caudal first.

    The file counts voxels to the left, backward and upward from the first, caudal slice.
    """
    rows = [row for row in json.loads(CENTRES.read_text(encoding="utf-8")) if "X" in row]
    _, n_j, n_k = grid.dims
    index = [(row["Y"], n_j - 1 - row["Z"], n_k - 1 - row["X"]) for row in rows]
    return grid.to_mm(np.array(index, dtype=np.float64))


def read_lumbar() -> tuple[Volume, NDArray[np.uint8]]:
    """Return the lumbar CT and its reference mask in VerSe labels, on the CT's own grid."""
    volume = _volume(read_ct(LUMBAR))
    return volume, import_mask(LUMBAR_MASK, TABLES["totalsegmentator_v2"], volume.grid)


def thoracic_truth() -> Truth:
    """Return the thoracic CT with the 13 centres read by eye; nobody says which levels they are."""
    volume = read_thoracic()
    centres = read_centres(volume.grid)[::-1]
    vertebrae = tuple(
        TrueVertebra(level, centre) for level, centre in zip(UNNAMED, centres, strict=True)
    )
    return Truth("lidc0314", "lidc0314", volume, None, vertebrae, are_levels_known=False)


def lumbar_truth() -> Truth:
    """Return the lumbar CT with L1-L5 asked for, of which L1-L4 are outlined whole.

    What lies above is cut by the border and neither asked for nor false.
    """
    volume, mask = read_lumbar()
    above = [level_of(int(label)) for label in np.unique(mask) if 0 < label < label_of("L1")]
    vertebrae = tuple(
        TrueVertebra(level, reference_centre_mm(mask, level, volume.grid), is_partial=is_cut)
        for is_cut, levels in ((True, above), (False, NAMED))
        for level in levels
    )
    outlined = np.isin(mask, [label_of(level) for level in OUTLINED])
    kept = np.where(outlined, mask, 0).astype(np.uint8)
    return Truth("lumbar", "lumbar", volume, kept, vertebrae, frozenset({"L5_sacrum"}))


def _volume(result: SeriesResult) -> Volume:
    if result.stored is None:
        raise ValueError(result.reason)
    return to_canonical(result.stored)[0]


def _run(volume: Volume, pipeline: Pipeline, weights: Weights) -> Run:
    started = time.perf_counter()
    proposal = pipeline(volume, weights)
    return Run(proposal, time.perf_counter() - started)


def thoracic_rows(pipeline: Pipeline, weights: Weights) -> list[Row]:
    """Judge the thoracic CT."""
    volume = read_thoracic()
    run = _run(volume, pipeline, weights)
    truth = read_centres(volume.grid)
    matching = judging.match_centres(truth, run.centres_mm, 10.0)
    false = [n for n in matching.false if not _is_cut(run.centres_mm[n], volume.grid)]
    apart = [float(np.linalg.norm(truth[t] - run.centres_mm[f])) for t, f in matching.pairs]
    return [
        at_least("bodies found within 10 mm, of 13", float(len(matching.pairs)), 11, 1),
        below("false ones (cut bodies at the border do not count)", float(len(false)), 2, 1),
        plain("mean distance of those found, mm", float(np.mean(apart)) if apart else None, 1),
        Row("named", _named(run, [f for _, f in matching.pairs])),
        Row("counted from", str(run.proposal.counted_from)),
        plain("seconds, volume to proposal", run.seconds, 1),
    ]


def lumbar_rows(pipeline: Pipeline, weights: Weights) -> list[Row]:
    """Judge the lumbar CT."""
    volume, mask = read_lumbar()
    return judge_lumbar(_run(volume, pipeline, weights), volume.grid, mask)


def judge_lumbar(run: Run, grid: Grid, mask: NDArray[np.uint8]) -> list[Row]:
    """Compare a proposal with the reference mask (VerSe labels) on the CT's own grid."""
    truth = {level: reference_centre_mm(mask, level, grid) for level in NAMED}
    matching = judging.match_centres(np.array(list(truth.values())), run.centres_mm, 8.0)
    pairs = [(NAMED[t], f) for t, f in matching.pairs]
    right = [level for level, f in pairs if run.proposal.vertebrae[f].level == level]
    apart = [float(np.linalg.norm(truth[level] - run.centres_mm[f])) for level, f in pairs]
    deepest = truth["L5"][2] - 15.0
    pelvic = int((run.centres_mm[:, 2] < deepest).sum())
    dice = [_dice(run.proposal, mask, level) for level in OUTLINED]
    return [
        at_least("L1-L5 found within 8 mm, of 5", float(len(pairs)), 5, 1),
        at_least("of those with the right name", float(len(right)), 5, 1),
        plain("mean distance of those found, mm", float(np.mean(apart)) if apart else None, 1),
        below("false ones in the pelvis", float(pelvic), 1, 1),
        at_least("Dice, mean of L1-L4 by name, 3 mm grid", float(np.mean(dice)), 0.70),
        Row("Dice of L1, L2, L3, L4", ", ".join(f"{value:.2f}" for value in dice)),
        Row("named", _named(run, range(len(run.proposal.vertebrae)))),
        Row("counted from", str(run.proposal.counted_from)),
        plain("seconds, volume to proposal", run.seconds, 1),
    ]


def _named(run: Run, chosen: Iterable[int]) -> str:
    indices = sorted(chosen, key=lambda n: -float(run.centres_mm[n][2]))
    return " ".join(run.proposal.vertebrae[n].level for n in indices)


def reference_centre_mm(mask: NDArray[np.uint8], level: str, grid: Grid) -> Floats:
    """Return the middle of a body, LPS, from the mask of the whole vertebra."""
    di, dj, dk = grid.spacing_mm
    kji = judging.body_centre_of_mask(mask == label_of(level), (dk, dj, di))
    return grid.to_mm(kji[::-1])


def _dice(proposal: Proposal, mask: NDArray[np.uint8], level: str) -> float:
    numbers = [one.number for one in proposal.vertebrae if one.level == level]
    found = np.isin(proposal.mask, numbers) & (proposal.mask > 0)
    return judging.dice(mask == label_of(level), found) or 0.0


def _is_cut(centre_mm: Floats, grid: Grid) -> bool:
    j = float(grid.to_ijk(centre_mm)[1]) * grid.spacing_mm[1]
    height = (grid.dims[1] - 1) * grid.spacing_mm[1]
    return bool(j < CUT_MM or j > height - CUT_MM)
