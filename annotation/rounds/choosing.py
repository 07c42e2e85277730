"""Which model version pre-annotates a data set: what can be chosen, and the manager's choice."""

from django.db import transaction
from django.db.models import Q, QuerySet

from annotation.domain.refusals import Conflict, NotVisible
from annotation.domain.systems import SYSTEMS, PublishedSystem
from annotation.domain.workflow import Role
from annotation.preannotation.models import ModelVersion, ServiceTerm
from annotation.preannotation.selectors import model_in_service, weights_folder
from annotation.preannotation.services import ask_for_preannotation, publish_model_version
from annotation.rounds.models import TrainingRound
from annotation.rounds.services import untouched_cases
from annotation.studies.models import Dataset, User
from annotation.studies.selectors import require_role


def versions_of(dataset: Dataset) -> QuerySet[ModelVersion]:
    """Return the versions that served a data set or came out of its rounds."""
    own = dataset.rounds.values_list("candidate_model", flat=True)
    rows = ModelVersion.objects.filter(Q(service_terms__dataset=dataset) | Q(pk__in=own))
    return rows.distinct().order_by("-created_at")


def choosable(dataset: Dataset) -> QuerySet[ModelVersion]:
    """Return the versions a manager may choose from, newest first.

    What came out of the rounds of another data set belongs to that one.
    """
    others = TrainingRound.objects.exclude(dataset=dataset).exclude(candidate_model=None)
    foreign = others.values_list("candidate_model", flat=True)
    own = versions_of(dataset).values_list("pk", flat=True)
    rows = ModelVersion.objects.filter(Q(pk__in=own) | ~Q(pk__in=foreign))
    return rows.order_by("-created_at")


def why_not(model: ModelVersion) -> str:
    """Return why a version cannot serve, empty where it can."""
    if model.system not in SYSTEMS:
        return f"This installation does not know the system {model.system}."
    if not (weights_folder(model) / "card.json").is_file():
        return "Its weights are not on this machine."
    if model.contains_withdrawn:
        return "It learnt from a patient who was withdrawn."
    return ""


def word_on(system: PublishedSystem, rows: list[ModelVersion]) -> str:
    """Return what a manager must know of a system that cannot be chosen, else an empty word."""
    if not rows:
        return f"No weights of {system.title} are registered here."
    if all(why_not(row) for row in rows):
        return f"No version of {system.title} can be used: {why_not(rows[0])}"
    return ""


@transaction.atomic
def choose_model(dataset: Dataset, model: ModelVersion, *, by: User, reason: str) -> ServiceTerm:
    """Let a version serve from now on; cases that wait or that nobody touched are asked anew.

    Raises:
        NotPermitted: if the person is no manager.
        NotVisible: if the version is not one to choose from.
        Conflict: if it cannot serve, or serves already.
    """
    require_role(by, dataset, Role.MANAGER)
    if not choosable(dataset).filter(pk=model.pk).exists():
        raise NotVisible("This model version does not exist or is not yours to choose.")
    if refusal := why_not(model):
        raise Conflict(f"Model {model.version} cannot serve. {refusal}", code="cannot_serve")
    if model in serving(dataset):
        raise Conflict(f"Model {model.version} serves already.", code="serves_already")
    term = publish_model_version(dataset, model, by=by, reason=reason)
    if dataset.preannotates and not SYSTEMS[model.system].reads_radiographs:
        for case in untouched_cases(dataset):
            ask_for_preannotation(case)
    return term


def serving(dataset: Dataset) -> list[ModelVersion]:
    """Return the versions in service: at most one for CTs and one for radiographs."""
    found = (model_in_service(dataset, for_radiographs=reads) for reads in (False, True))
    return [model for model in found if model is not None]
