"""Walks every address of the URL table with every key of the database."""

import gzip
import itertools
import re
import uuid
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.apps import apps
from django.db import models, transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.resolvers import RegexPattern, RoutePattern

from annotation.reading.models import Reading

QUERIES = (
    "?track=main&revision=0&scope=all",
    "?track=main&revision=1&scope=mine&after=0&format=json",
    "?track=independent",
    "?track=consensus&revision=0",
    "?format=api",
)
"""What some address answers by; an address pays no heed to another's queries."""
NOBODYS = str(uuid.UUID(int=7))
NUMBERS = ["0", "1", "2"]
EVERY_ROW = ("case", "reading")
TABLE_OF = {"proposal_id": "preannotation", "import_id": "importbatch", "round_id": "traininground"}
"""What parameters of addresses are called that are not called as their table."""
WRITING_METHODS = ("post", "put", "patch", "delete")
KNOWN_EXPRESSIONS = {r"^(?:api|v|ws|static)/(?P<path>.*)$", r"^(?P<path>.*)$"}
_PARAMETER = re.compile(r"<(?:(?P<kind>\w+):)?(?P<name>\w+)>")


def all_rows() -> Iterator[models.Model]:
    """Yield every row of every table of the application."""
    for table in apps.get_app_config("annotation").get_models():
        yield from table._base_manager.all()


@dataclass(frozen=True)
class Keys:
    """Values to put into addresses: by kind of converter, and by table."""

    by_kind: dict[str, list[str]]
    by_table: dict[str, list[str]]

    def fitting(self, kind: str, name: str) -> list[str]:
        """Return the keys of the table that a parameter names; all of its kind where none does."""
        table = TABLE_OF.get(name, name.removesuffix("_id"))
        own = self.by_table.get(table, []) if table in _tables() else self.by_kind[kind]
        return own + NUMBERS if kind == "int" else own or [NOBODYS]


def keys() -> Keys:
    """Return the keys that the database holds.

    Of cases and readings all keys are tried, of other tables the first of each field.
    """
    kinds = {"uuid": [NOBODYS], "int": list(NUMBERS), "slug": ["nothing"], "str": ["nothing"]}
    tables: dict[str, list[str]] = {"reading": [NOBODYS], "case": [NOBODYS]}
    seen = set()
    for row in all_rows():
        table = row._meta.model_name
        if table not in seen or table in EVERY_ROW:
            tables.setdefault(table, []).append(str(row.pk))
        for field in row._meta.concrete_fields:
            kind, value = _kind_of(field), getattr(row, field.attname)
            if kind and value and ((table, field.attname) not in seen or table in EVERY_ROW):
                seen.add((table, field.attname))
                kinds[kind].append(str(value))
        seen.add(table)
    kinds["path"] = [f"readings/{row.pk}/" for row in all_rows() if type(row) is Reading]
    return Keys({kind: sorted(set(values)) for kind, values in kinds.items()}, tables)


def _tables() -> set[str]:
    return {table._meta.model_name for table in apps.get_app_config("annotation").get_models()}


def _kind_of(field: models.Field) -> str | None:
    if isinstance(field, models.UUIDField):
        return "uuid"
    if isinstance(field, models.SlugField):
        return "slug"
    return "str" if field.name == "hash" else None


def addresses(*, odd: bool = False) -> dict[str, str]:
    """Return every address that the URL table knows, with the route it belongs to.

    Routes are filled with the keys of the tables that their parameters name, and with all readings'
    keys in their place; with `odd` also with every other key of the database.
    """
    known = keys()
    made = {
        "/" + address: route
        for route in _routes(get_resolver())
        for address in _fill(route, known, odd=odd)
    }
    for prefix in ("", "api/", "v/", "ws/", "static/", "admin/", "media/"):
        made |= {f"/{prefix}{path}": f"{prefix}*" for path in known.by_kind["path"]}
    return dict(sorted(made.items()))


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


def _fill(route: str, known: Keys, *, odd: bool) -> Iterator[str]:
    """Fill a route with fitting keys, then each place with odd keys while the others fit."""
    parameters = list(_PARAMETER.finditer(route))
    fitting = [known.fitting(match["kind"] or "str", match["name"]) for match in parameters]
    for chosen in itertools.product(*fitting):
        yield _filled(route, parameters, chosen)
    for place, match in enumerate(parameters):
        kind = match["kind"] or "str"
        others = known.by_kind[kind] if odd or kind != "uuid" else known.by_table["reading"]
        for key in others:
            chosen = [key if n == place else fitting[n][0] for n in range(len(parameters))]
            yield _filled(route, parameters, chosen)


def _filled(route: str, parameters: list[re.Match[str]], chosen: Sequence[str]) -> str:
    for match, value in zip(parameters, chosen, strict=True):
        route = route.replace(match[0], value, 1)
    return route


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


Answer = tuple[int, bytes]
Answers = dict[tuple[str, str], Answer]
"""Status and bytes by method and address."""


def walk(client: Client, *, odd: bool = False) -> Answers:
    """Ask for every address as `steps` does; return the answers."""
    return dict(steps(client, odd=odd))


def steps(client: Client, *, odd: bool = False) -> Iterator[tuple[tuple[str, str], Answer]]:
    """Ask for every address, by GET, HEAD and OPTIONS and with queries; yield the answers.

    HEAD is asked once for each status that a route answers and OPTIONS once for each route: they
    run the same code, whatever the key. Queries are asked where GET finds something.
    """
    tried: set[tuple[str, int]] = set()
    for address, route in addresses(odd=odd).items():
        answer = _ask(client, "get", address)
        yield ("get", address), answer
        if not any(route == known for known, _ in tried):
            yield ("options", address), _ask(client, "options", address)
        if (route, answer[0]) not in tried:
            tried.add((route, answer[0]))
            yield ("head", address), _ask(client, "head", address)
        if address.startswith("/api/") and answer[0] == 200:
            for query in QUERIES:
                yield ("get", address + query), _ask(client, "get", address + query)


def try_to_change(client: Client, keys: Sequence[str]) -> Answers:
    """Send nothing but `{}` by every writing method wherever one of the keys stands.

    What is changed is taken back at once. A method that a route does not know is tried there once.
    """
    answers: Answers = {}
    unknown: set[tuple[str, str]] = set()
    cookies = client.cookies.copy()
    for (address, route), method in itertools.product(addresses().items(), WRITING_METHODS):
        is_one = address.startswith("/api/") and any(key in address for key in keys)
        if not is_one or (route, method) in unknown:
            continue
        client.cookies = cookies.copy()
        with transaction.atomic():
            response = getattr(client, method)(address, {}, content_type="application/json")
            transaction.set_rollback(True)
        answers[method, address] = (response.status_code, everything_in(response))
        if response.status_code == 405:
            unknown.add((route, method))
    return answers


def ask_again(client: Client, answers: Answers) -> Answers:
    """Ask once more for what was answered before."""
    return {(method, address): _ask(client, method, address) for method, address in answers}


def _ask(client: Client, method: str, address: str) -> Answer:
    response = getattr(client, method)(address)
    return response.status_code, everything_in(response)
