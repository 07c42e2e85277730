"""Writes the API's schema (docs/openapi.yaml) and the front end's types made from it."""

from pathlib import Path
from typing import Any

import yaml
from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiYamlRenderer

SCHEMA = Path(settings.BASE_DIR) / "docs" / "openapi.yaml"
TYPES = Path(settings.BASE_DIR) / "frontend" / "src" / "api" / "schema.ts"
_LONGEST_TUPLE = 4
_PLAIN = {"integer": "number", "number": "number", "boolean": "boolean", "string": "string"}


def schema_text() -> str:
    """Return the OpenAPI schema of the running code as YAML."""
    generator: Any = SchemaGenerator
    renderer: Any = OpenApiYamlRenderer
    schema = generator().get_schema(request=None, public=True)
    text: bytes = renderer().render(schema, renderer_context={})
    return text.decode()


def _type_of(part: dict[str, Any]) -> str:
    if "$ref" in part:
        name = part["$ref"].rsplit("/", 1)[1]
    elif "allOf" in part:
        name = " & ".join(_type_of(one) for one in part["allOf"])
    elif "oneOf" in part or "anyOf" in part:
        types = [_type_of(one) for one in part.get("oneOf") or part["anyOf"]]
        name = " | ".join(one for one in types if one != "NullEnum")
    elif "enum" in part:
        name = " | ".join(_literal(value) for value in part["enum"])
    elif part.get("type") == "array":
        name = _array(part)
    elif part.get("type") == "object" or "properties" in part:
        name = _object(part)
    else:
        name = _PLAIN.get(part.get("type", ""), "unknown")
    return f"{name} | null" if part.get("nullable") else name


def _array(part: dict[str, Any]) -> str:
    item = _type_of(part.get("items", {}))
    length = part.get("maxItems")
    if length and length == part.get("minItems") and length <= _LONGEST_TUPLE:
        return f"[{', '.join([item] * length)}]"
    return f"({item})[]" if " " in item else f"{item}[]"


def _literal(value: object) -> str:
    if value is None:
        return "null"
    return f"'{value}'" if isinstance(value, str) else str(value)


def _object(part: dict[str, Any]) -> str:
    if "properties" not in part:
        values = part.get("additionalProperties")
        inner = _type_of(values) if isinstance(values, dict) and values else "unknown"
        return f"Record<string, {inner}>"
    required = set(part.get("required", []))
    lines = [
        f"  {name}{'' if name in required else '?'}: {_type_of(value)}"
        for name, value in part["properties"].items()
    ]
    return "{\n" + "\n".join(lines) + "\n}"


def types_text(schema: str) -> str:
    """Return a TypeScript module with one exported type per component of an OpenAPI schema."""
    components = yaml.safe_load(schema)["components"]["schemas"]
    types = [
        f"export type {name} = {_type_of(part)}"
        for name, part in sorted(components.items())
        if not name.endswith("Request") and name != "NullEnum"
    ]
    head = "// Made by `python manage.py client_types` from docs/openapi.yaml; not edited by hand."
    return "\n\n".join([head, *types]) + "\n"


class Command(BaseCommand):
    """Write both files, or with `--check` tell whether they are up to date."""

    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        schema = schema_text()
        wanted = {SCHEMA: schema, TYPES: types_text(schema)}
        stale = [file for file, text in wanted.items() if _read(file) != text]
        if options["check"]:
            for file in stale:
                self.stderr.write(f"{file.name} is out of date: run manage.py client_types")
            raise SystemExit(1 if stale else 0)
        for file in stale:
            file.write_text(wanted[file], encoding="utf-8")
        self.stdout.write(f"{len(stale)} of {len(wanted)} files written")


def _read(file: Path) -> str:
    return file.read_text(encoding="utf-8") if file.exists() else ""
