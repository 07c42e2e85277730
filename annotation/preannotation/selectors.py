"""Models and proposals, as others may ask for them."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from django.conf import settings
from django.db.models import Q

from annotation.domain.systems import READ_RADIOGRAPHS
from annotation.domain.vertebrae import is_graded
from annotation.preannotation.models import ModelVersion, PreAnnotation, ProposedVertebra
from annotation.studies.models import Case, Dataset, Image


def model_in_service(dataset: Dataset, *, for_radiographs: bool = False) -> ModelVersion | None:
    """Return the model version that serves a dataset's CTs now, or its radiographs."""
    reads = Q(model__system__in=READ_RADIOGRAPHS)
    terms = dataset.service_terms.filter(reads if for_radiographs else ~reads)
    term = terms.select_related("model").order_by("-id").first()
    return term.model if term is not None else None


def model_for(case: Case) -> ModelVersion | None:
    """Return the model version that serves a case's dataset for its kind of image."""
    return model_in_service(case.dataset, for_radiographs=case.image.is_radiograph)


def weights_folder(model: ModelVersion) -> Path:
    """Return where the weights of a model version lie now."""
    return Path(settings.WEIGHTS_ROOT) / model.weights


def newest_proposal(case: Case) -> PreAnnotation | None:
    """Return the newest delivered proposal; whether a person may see it is asked elsewhere."""
    done = case.preannotations.filter(status=PreAnnotation.Status.DONE)
    return done.select_related("model").order_by("-delivered_at").first()


def newest_proposed(dataset: Dataset) -> dict[int, ProposedVertebra]:
    """Return what the newest delivered proposal of each case says, by the vertebra's key."""
    done = PreAnnotation.objects.filter(case__dataset=dataset, status=PreAnnotation.Status.DONE)
    newest = dict(done.order_by("delivered_at").values_list("case", "pk"))
    rows = ProposedVertebra.objects.filter(preannotation__in=newest.values())
    return {row.vertebra_id: row for row in rows}


def newest_attempt(case: Case) -> PreAnnotation | None:
    """Return the newest pre-annotation of a case, whatever became of it."""
    return case.preannotations.select_related("model", "job").order_by("-created_at").first()


def grade_withheld_reason(image: Image) -> str:
    """Say why no grade is shown on an image, empty where one is.

    Spacings are those the image was stored with, not those of the working grid. A radiograph is
    graded by the ratio of its heights, which needs no spacing.
    """
    if image.is_radiograph:
        return ""
    affine = np.asarray(image.affine_lps, dtype=np.float64)
    coarsest = float(np.linalg.norm(affine[:3, :3], axis=0).max())
    limit = settings.GRADE_SPACING_LIMIT_MM
    if coarsest <= limit + 1e-6:
        return ""
    return (
        f"The image was stored with voxels of {coarsest:.1f} mm; above {limit:.0f} mm points and "
        "heights are shown, but no grade."
    )


@dataclass(frozen=True)
class ShownVertebra:
    """One vertebra of a proposal with the reason why it has no grade, if it has none."""

    row: ProposedVertebra
    number: int
    withheld_reason: str | None


def shown_vertebrae(proposal: PreAnnotation) -> list[ShownVertebra]:
    """Return the vertebrae of a proposal from cranial to caudal."""
    rows = proposal.vertebrae.select_related("vertebra").order_by("id")
    return [ShownVertebra(row, row.vertebra.number, _withheld(row, proposal)) for row in rows]


def _withheld(row: ProposedVertebra, proposal: PreAnnotation) -> str | None:
    if row.grade is not None:
        return None
    if row.six_points_mm is None:
        return "No six points could be placed."
    if not is_graded(row.level):
        return "Cervical vertebrae are not graded."
    if row.is_partial:
        return "The vertebra is cut by the border of the image."
    return proposal.grade_withheld_reason or "The points give no height ratio."


def describe_model(model: ModelVersion | None) -> dict[str, Any] | None:
    """Return what the screens say of a model, as `ModelInService`."""
    if model is None:
        return None
    return {
        "version": model.version,
        "trained_on": model.trained_on,
        "phantoms_only": model.phantoms_only,
    }
