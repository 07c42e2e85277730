"""The model card: what a set of weights has learnt from, how, and how good it was found to be."""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import torch

from inference.config import Preset
from inference.learning.cache import code_version

SIMULATED = "simulated spines only"
NAMES: Mapping[str, str] = {
    "localizer_mm": "centre line, mean error in axial planes (mm)",
    "limits_mm": "limits, mean absolute error (mm)",
    "precision": "detection precision",
    "recall": "detection recall",
    "keypoints_mm": "six points, mean in-plane error (mm)",
    "auc": "ROC AUC for G <= 0.75",
    "positives": "vertebrae with G <= 0.75",
    "g_sd": "standard deviation of the error of G",
    "labels_right": "phantoms with an anchor in view whose labels are all right",
    "counted_when_shown": "phantoms with an anchor in view counted from it",
    "assumed_when_hidden": "phantoms without an anchor that came out as assumed",
    "dice": "Dice per vertebra",
    "seconds": "seconds per phantom",
}


def new_card(
    name: str, preset: Preset, manifest: Mapping[str, Any], training: Mapping[str, Any]
) -> dict[str, Any]:
    """Return the card of weights trained from phantoms alone."""
    return {
        "name": name,
        "system": "anchor-free",
        "trained_on": SIMULATED,
        "phantoms_only": True,
        "created_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "manifest": dict(manifest),
        "training": dict(training),
        "code_version": code_version(),
        "torch": torch.__version__,
        "preset": preset.name,
        "metrics": {},
    }


def write_text(card: Mapping[str, Any], folder: Path) -> None:
    """Write the card as a page for people, card.md."""
    lines = [
        f"# {card['name']}",
        "",
        f"Weights of the anchor-free six-point system, preset `{card['preset']}`.",
        "",
        f"**Trained on {card['trained_on']}.** "
        + (
            "No real CT was in the training. Grades it suggests on real CT are untested: read them "
            "as a place to look, not as a finding. Research only, not for diagnosis."
            if card["phantoms_only"]
            else "Research only, not for diagnosis."
        ),
        "",
        f"SHA-256 of the set: `{card['sha256']}`. Made {card['created_at']} by code version "
        f"`{card['code_version']}` with torch {card['torch']}.",
        "",
        "## What it has seen",
        "",
        *_manifest_lines(card["manifest"]),
        "",
        "## Training",
        "",
        "| network | iterations | minutes | last loss |",
        "|---|---|---|---|",
        *[
            f"| {net} | {row['iterations']} | {row['seconds'] / 60:.1f} | {row['loss']:.3f} |"
            for net, row in card["training"].items()
        ],
        "",
        "## Figures on held-out phantoms",
        "",
        "Train and test phantoms come from one generator; these figures flatter.",
        "",
        "| figure | value |",
        "|---|---|",
        *[
            f"| {NAMES.get(key, key)} | {value:.3f} |"
            for key, value in card["metrics"].items()
            if value is not None
        ],
        "",
    ]
    (folder / "card.md").write_text("\n".join(lines), encoding="utf-8")


def _manifest_lines(manifest: Mapping[str, Any]) -> list[str]:
    lines = [
        f"- {kind}: {seeds['n']} phantoms, seeds {seeds['first']} to "
        f"{seeds['first'] + seeds['n'] - 1}"
        for kind, seeds in manifest.get("phantoms", {}).items()
    ]
    lines.append(f"- real cases: {len(manifest.get('cases', []))}")
    return lines
