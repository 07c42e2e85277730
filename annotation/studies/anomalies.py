"""Numbering anomalies that people declare for a case."""

from collections.abc import Collection

from django.conf import settings
from django.db import models, transaction
from django.utils import timezone

from annotation.domain.anomalies import AnomaliesContradict, Anomaly, checked_anomalies
from annotation.domain.refusals import ContentRefused
from annotation.studies.models import Case
from annotation.studies.people import User
from annotation.work.services import tell


class AnomalyDeclaration(models.Model):
    """What one person said about the numbering of a spine; the newest counts, none is changed."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="anomaly_declarations")
    anomalies = models.JSONField(default=list)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return ", ".join(self.anomalies) or "no anomaly"


def newest_declaration(case: Case) -> AnomalyDeclaration | None:
    """Return the declaration that counts, None where nobody has made one."""
    return case.anomaly_declarations.select_related("by").order_by("-id").first()


def declared_anomalies(case: Case) -> frozenset[Anomaly]:
    """Return the anomalies that are declared for a case; empty where there are none."""
    newest = newest_declaration(case)
    return frozenset(Anomaly(name) for name in newest.anomalies) if newest else frozenset()


@transaction.atomic
def declare_anomalies(
    case: Case, names: Collection[str], *, by: User | None
) -> AnomalyDeclaration | None:
    """Say which anomalies a spine has, in place of what was said before; tells those who look.

    Returns:
        The declaration that counts now; saying the same again writes nothing.

    Raises:
        ContentRefused: if a name is no anomaly, or two exclude each other.
    """
    try:
        anomalies = checked_anomalies(names)
    except AnomaliesContradict as error:
        raise ContentRefused(str(error), code="anomalies_contradict") from None
    except ValueError as error:
        raise ContentRefused(f"{error}.", code="unknown_anomaly") from None
    Case.objects.select_for_update().get(pk=case.pk)
    if anomalies == declared_anomalies(case):
        return newest_declaration(case)
    made = AnomalyDeclaration.objects.create(case=case, anomalies=sorted(anomalies), by=by)
    tell(case.dataset.channel, kind="case", case=str(case.pk), stage=case.stage)
    return made
