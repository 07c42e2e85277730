"""Walks every address of the URL table with every key of the database."""

import gzip
import itertools
import re
import uuid
import zlib
from collections.abc import Iterator

from django.apps import apps
from django.db import models
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.resolvers import RegexPattern, RoutePattern

from annotation.reading.models import Reading

QUERIES = (
    "?track=main&revision=0",
    "?track=main&revision=1",
    "?track=independent",
    "?track=consensus&revision=0",
    "?scope=all",
    "?scope=mine&after=0",
    "?format=api",
    "?format=json",
)
WRITING_METHODS = ("post", "put", "patch", "delete")
KNOWN_EXPRESSIONS = {r"^(?:api|v|ws|static)/(?P<path>.*)$", r"^(?P<path>.*)$"}
_PARAMETER = re.compile(r"<(?:(?P<kind>\w+):)?(?P<name>\w+)>")


def all_rows() -> Iterator[models.Model]:
    """Yield every row of every table of the application."""
    for table in apps.get_app_config("annotation").get_models():
        yield from table._base_manager.all()


def keys() -> dict[str, list[str]]:
    """Return the values to put into addresses, by kind of converter.

    Of cases and readings all keys are tried, of other tables the first of each field.
    """
    nobodys = str(uuid.UUID(int=7))
    found = {"uuid": [nobodys], "int": ["0", "1", "2"], "slug": ["nothing"], "str": ["nothing"]}
    seen = set()
    for row in all_rows():
        for field in row._meta.concrete_fields:
            place = (row._meta.model_name, field.attname)
            kind, value = _kind_of(field), getattr(row, field.attname)
            if kind and value and (place not in seen or place[0] in ("case", "reading")):
                seen.add(place)
                found[kind].append(str(value))
    found["path"] = [f"readings/{row.pk}/" for row in all_rows() if type(row) is Reading]
    return {kind: sorted(set(values)) for kind, values in found.items()}


def _kind_of(field: models.Field) -> str | None:
    if isinstance(field, models.UUIDField):
        return "uuid"
    if isinstance(field, models.SlugField):
        return "slug"
    return "str" if field.name == "hash" else None


def addresses() -> list[str]:
    """Return every address that the URL table knows, filled with every key."""
    values = keys()
    made = {"/" + address for route in _routes(get_resolver()) for address in _fill(route, values)}
    for prefix in ("", "api/", "v/", "ws/", "static/", "admin/", "media/"):
        made |= {f"/{prefix}{path}" for path in values["path"]}
    return sorted(made)


def _routes(resolver: URLResolver, prefix: str = "") -> Iterator[str]:
    for entry in resolver.url_patterns:
        pattern = entry.pattern
        if isinstance(pattern, RegexPattern):
            # Their addresses are made by hand in `addresses`: a new one must be thought of there.
            assert pattern._regex in KNOWN_EXPRESSIONS, pattern._regex
        elif isinstance(entry, URLResolver):
            yield from _routes(entry, prefix + str(pattern))
        else:
            assert isinstance(entry, URLPattern)
            assert isinstance(pattern, RoutePattern)
            yield prefix + str(pattern)


def _fill(route: str, values: dict[str, list[str]]) -> Iterator[str]:
    parameters = list(_PARAMETER.finditer(route))
    choices = [values[match["kind"] or "str"] for match in parameters]
    for chosen in itertools.product(*choices):
        address = route
        for match, value in zip(parameters, chosen, strict=True):
            address = address.replace(match[0], value, 1)
        yield address


def everything_in(response) -> bytes:
    """Return headers and body of a response, also inflated where the body is compressed."""
    body = b"".join(response.streaming_content) if response.streaming else response.content
    head = repr(sorted(response.items())).encode()
    return head + b"\n" + body + b"\n" + _inflated(body)


def _inflated(body: bytes) -> bytes:
    try:
        return gzip.decompress(body)
    except (OSError, EOFError, zlib.error):
        return b""


def walk(client: Client) -> dict[tuple[str, str], tuple[int, bytes]]:
    """Ask for every address, by GET, HEAD and OPTIONS and with queries; return the answers.

    HEAD and queries are left out where GET finds nothing, OPTIONS where no API is.
    """
    answers = {}

    def ask(method: str, address: str) -> int:
        response = getattr(client, method)(address)
        answers[method, address] = (response.status_code, everything_in(response))
        return response.status_code

    for address in addresses():
        status = ask("get", address)
        if status not in (404, 503):
            ask("head", address)
        if address.startswith("/api/"):
            ask("options", address)
            for query in QUERIES if status == 200 else ():
                ask("get", address + query)
    return answers
