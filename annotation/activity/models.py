"""Spans of active time as the browser counted them."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from annotation.domain.workflow import Stage
from annotation.studies.models import Case


class Activity(models.Model):
    """Active seconds of one person on one vertebra of one case with one tool.

    `id` is made by the browser; a span may arrive again, also grown, and counts once. Gaps between
    inputs that are longer than `ACTIVE_IDLE_SECONDS` are in no span.

    Attributes:
        stage: of the case when the time was spent.
        number: the vertebra in hand, 0 for none.
        tool: in hand as the viewer names it, empty where a screen has none.
        seconds: active seconds, at most `services.LONGEST_SECONDS`.
        n_inputs: pointer, key and wheel events counted in the span.
    """

    id = models.UUIDField(primary_key=True)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    case = models.ForeignKey(Case, models.CASCADE, related_name="activities")
    stage = models.CharField(max_length=12, choices=[(one.value, one.value) for one in Stage])
    number = models.PositiveSmallIntegerField(default=0)
    tool = models.CharField(max_length=24, blank=True)
    seconds = models.FloatField()
    n_inputs = models.PositiveIntegerField(default=0)
    started_at = models.DateTimeField()
    arrived_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["started_at"]
        verbose_name_plural = "activities"
        indexes = [models.Index(fields=["case", "stage", "person"])]

    def __str__(self) -> str:
        return f"{self.seconds:.1f} s at {self.stage} of {self.case_id}"
