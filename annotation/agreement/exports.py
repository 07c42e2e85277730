"""A report on agreement as files: every statistic as CSV, the whole as JSON and as PDF."""

import csv
import io
import json
from collections.abc import Callable, Iterator
from typing import Any, Final

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.views import APIView

from annotation.agreement import services
from annotation.agreement.api import (
    FROZEN,
    AgreementRowSerializer,
    asked_report,
    describe_report,
    onlooked,
)
from annotation.agreement.models import AgreementReport
from annotation.agreement.pdf import write_pdf
from annotation.studies.models import Dataset

COLUMNS: Final = tuple(AgreementRowSerializer().fields)


def as_csv(report: AgreementReport) -> bytes:
    """Return every statistic, all arms below each other; `table` says what is compared."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(["table", "arm", *COLUMNS])
    for table, arm, row in _rows(services.complete(report.content)):
        cells = ["-".join(row[name]) if name == "readers" else row[name] for name in COLUMNS]
        writer.writerow([table, arm, *cells])
    return text.getvalue().encode()


def _rows(content: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for arm, found in content["arms"].items():
        yield from (("between readers", arm, row) for row in found["rows"])
    yield from (("within reader", services.ALL, row) for row in content["within"])
    yield from (("masks", services.ALL, row) for row in content["masks"]["rows"])


def as_json(dataset: Dataset, report: AgreementReport) -> bytes:
    """Return the whole report but what readers know of themselves only; the same bytes always."""
    named = {**describe_report(report), "made_at": report.made_at.isoformat()}
    content = services.complete(report.content)
    del content["automation"]
    content["masks"] = {key: value for key, value in content["masks"].items() if key != "cases"}
    whole = {"format": "lamina.agreement/2", "dataset": dataset.slug, "report": named, **content}
    return json.dumps(whole, sort_keys=True, indent=1, allow_nan=False).encode()


class _FileView(APIView):
    ending: str
    kind: str
    write: Callable[[Dataset, AgreementReport], bytes]

    def answer(self, request: Request, slug: str) -> HttpResponse:
        dataset = onlooked(request, slug)
        content = type(self).write(dataset, asked_report(request, dataset))
        answer = HttpResponse(content, content_type=self.kind)
        name = f"{slug}-agreement.{self.ending}"
        answer["Content-Disposition"] = f'attachment; filename="{name}"'
        return answer


class AgreementCsvView(_FileView):
    """Every statistic of a report as CSV."""

    ending, kind = "csv", "text/csv; charset=utf-8"
    write = staticmethod(lambda dataset, report: as_csv(report))

    @extend_schema(parameters=[FROZEN], responses={(200, "text/csv"): OpenApiTypes.STR})
    def get(self, request: Request, slug: str) -> HttpResponse:
        return self.answer(request, slug)


class AgreementJsonView(_FileView):
    """The whole report as JSON."""

    ending, kind = "json", "application/json"
    write = staticmethod(as_json)

    @extend_schema(parameters=[FROZEN], responses={(200, "application/json"): OpenApiTypes.OBJECT})
    def get(self, request: Request, slug: str) -> HttpResponse:
        return self.answer(request, slug)


class AgreementPdfView(_FileView):
    """Tables and plots of a report as PDF."""

    ending, kind = "pdf", "application/pdf"
    write = staticmethod(write_pdf)

    @extend_schema(parameters=[FROZEN], responses={(200, "application/pdf"): OpenApiTypes.BINARY})
    def get(self, request: Request, slug: str) -> HttpResponse:
        return self.answer(request, slug)
