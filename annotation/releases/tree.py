"""The files of a release in the VerSe layout, one after the other, from its manifest and blobs."""

import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from annotation.bridge.runs import decode_runs
from annotation.domain.geometry import Volume
from annotation.imaging.label_maps import label_numbers
from annotation.imaging.nifti import ct_bytes, mask_bytes
from annotation.imaging.verse import Kind, centroids_json, name_file, plane_of
from annotation.releases import tables
from annotation.releases.freezing import SPLITS
from annotation.releases.snapshot import draw_snapshot
from annotation.studies.blobs import blob_store
from annotation.studies.volumes import decode_ct

_DESCRIPTIONS: Final = {"rawdata": "raw", "derivatives": "derivative"}
_IGNORED: Final = {
    "rawdata": "*_ct.nii.gz\n",
    "derivatives": "*_msk.nii.gz\n*_ctd.json\n*_snp.png\n",
}


@dataclass(frozen=True)
class CaseContent:
    """One case with what its files are made of.

    Attributes:
        case: its part of the manifest.
        ct: on the working grid.
        labels: VerSe labels on the same grid.
        centroids_mm: body centroid by level, LPS millimetres.
    """

    case: Mapping[str, Any]
    ct: Volume
    labels: NDArray[np.uint8]
    centroids_mm: dict[str, NDArray[np.float64]]


def load_case(case: Mapping[str, Any]) -> CaseContent:
    """Return the content of a case from the blobs its manifest names."""
    ct = decode_ct(blob_store().read(case["volume_blob"]))
    mask = decode_runs(blob_store().read(case["mask_blob"]))
    levels = {int(number): level for number, level in case["levels"].items()}
    centroids = {
        one["level"]: np.asarray(one["six_points_mm"], dtype=np.float64).mean(axis=(0, 1))
        for one in case["vertebrae"]
        if one.get("six_points_mm")
    }
    return CaseContent(case, ct, label_numbers(mask, levels), centroids)


def top_of(manifest: Mapping[str, Any]) -> str:
    """Return the folder everything lies in."""
    return f"{manifest['dataset']}-{manifest['version']}"


def path_of(manifest: Mapping[str, Any], content: CaseContent, kind: Kind) -> str:
    """Return the path of one of a case's four files within the archive."""
    case = content.case
    name = name_file(case["subject"], kind, series=case["series"], plane=plane_of(content.ct.grid))
    top = f"{top_of(manifest)}/dataset-{_plain(manifest['dataset'])}{case['split']}"
    return f"{top}/{name.folder}/{name}"


def case_files(manifest: Mapping[str, Any], content: CaseContent) -> Iterator[tuple[str, bytes]]:
    """Yield path and bytes of a case's files; a case without centroids has no centroid file."""
    from_level = {one["level"]: one["label"] for one in content.case["vertebrae"]}
    grid = content.ct.grid
    hu = np.asarray(content.ct.hu, dtype=np.int16)
    yield path_of(manifest, content, Kind.CT), ct_bytes(hu, grid)
    yield path_of(manifest, content, Kind.MASK), mask_bytes(content.labels, grid)
    points = {from_level[level]: point for level, point in content.centroids_mm.items()}
    if points:
        document = centroids_json(points, grid)
        yield path_of(manifest, content, Kind.CENTROIDS), document.encode()
    picture = draw_snapshot(content.ct, content.labels, content.centroids_mm)
    yield path_of(manifest, content, Kind.SNAPSHOT), picture


def common_files(manifest: Mapping[str, Any]) -> Iterator[tuple[str, bytes]]:
    """Yield path and bytes of what describes the release as a whole."""
    top = top_of(manifest)
    cases = [case | {"grid": _grid_header(case)} for case in manifest["cases"]]
    yield f"{top}/README.md", _readme(manifest).encode()
    yield f"{top}/manifest.json", _json(manifest)
    yield f"{top}/participants.tsv", tables.participants(cases).encode()
    yield f"{top}/series.csv", tables.series(cases).encode()
    yield f"{top}/fracture_grading.csv", tables.fracture_grading(cases).encode()
    yield f"{top}/vertebrae.csv", tables.vertebrae(cases).encode()
    for split in SPLITS:
        if any(case["split"] == split for case in cases):
            yield from _descriptions(manifest, split)


def _grid_header(case: Mapping[str, Any]) -> bytes:
    with blob_store().open(case["volume_blob"]) as stream:
        return stream.read(256)


def _descriptions(manifest: Mapping[str, Any], split: str) -> Iterator[tuple[str, bytes]]:
    top = f"{top_of(manifest)}/dataset-{_plain(manifest['dataset'])}{split}"
    for folder, kind in _DESCRIPTIONS.items():
        described = {
            "Name": f"{manifest['name']} {manifest['version']}, {split}",
            "BIDSVersion": "1.10.0",
            "DatasetType": kind,
            "License": manifest["licence"],
            "GeneratedBy": [{"Name": "Lamina"}],
        }
        yield f"{top}/{folder}/dataset_description.json", _json(described)
        yield f"{top}/{folder}/.bidsignore", _IGNORED[folder].encode()


def _readme(manifest: Mapping[str, Any]) -> str:
    out = io.StringIO()
    out.write(f"# {manifest['name']} {manifest['version']}\n\n")
    out.write(f"Licence: {manifest['licence']}. Research, not for diagnosis.\n\n")
    out.write(
        "CT and vertebra masks in the layout of VerSe, with BIDS-style names. Masks hold VerSe\n"
        "labels (1-7 C1-C7, 8-19 T1-T12, 20-24 L1-L5, 25 L6, 26 sacrum, 28 T13). A centroid is\n"
        "the body's, the mean of the six points that two readers agreed on; `vertebrae.csv` names\n"
        "the method of each. Grades follow Genant et al. 1993 by the convention named in\n"
        "`manifest.json`. `SHA256SUMS` lists every file.\n"
    )
    if manifest.get("left_out"):
        out.write("\nLeft out of this release:\n\n")
        for one in manifest["left_out"]:
            out.write(f"* {one['code']}: {one['reason']}\n")
    return out.getvalue()


def _json(content: Mapping[str, Any]) -> bytes:
    return (json.dumps(content, indent=1, sort_keys=True, ensure_ascii=False) + "\n").encode()


def _plain(slug: str) -> str:
    return "".join(letter for letter in slug if letter.isalnum())
