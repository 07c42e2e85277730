"""The database as it is, read beside the product, and the few rows the harness takes away."""

import sqlite3
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg


@dataclass(frozen=True)
class Row:
    """One stroke as it is stored."""

    id: str
    sequence: int
    body: bytes


class Books:
    """Reads strokes from, and ends sessions in, the database of a running house."""

    def __init__(self, url: str, var: Path) -> None:
        self.is_postgres = bool(url)
        self._open = (
            (lambda: psycopg.connect(url, autocommit=True))
            if url
            else (lambda: sqlite3.connect(var / "lamina.sqlite3", timeout=20, isolation_level=None))
        )

    def ask(self, query: str, *given: str) -> list[tuple[Any, ...]]:
        connection: Any = self._open()
        try:
            query = query if self.is_postgres else query.replace("%s", "?")
            cursor = connection.execute(query, given)
            return list(cursor.fetchall()) if cursor.description else []
        finally:
            connection.close()

    @property
    def version(self) -> str:
        if self.is_postgres:
            return f"PostgreSQL {self.ask('SHOW server_version')[0][0].split()[0]}"
        return f"SQLite {sqlite3.sqlite_version}"

    def strokes(self, case: str) -> list[Row]:
        """Return the strokes of a case's main track in the order of the server."""
        rows = self.ask(
            "SELECT s.id, s.sequence, s.body FROM annotation_stroke s"
            " JOIN annotation_masktrack t ON t.id = s.track_id"
            " WHERE t.case_id = %s AND t.kind = 'main' ORDER BY s.sequence",
            self._key(case),
        )
        return [Row(str(uuid.UUID(str(a))), int(n), bytes(body)) for a, n, body in rows]

    def end_sessions(self, but: str) -> None:
        """Sign everybody out, as when their time has run out, except one session."""
        self.ask("DELETE FROM django_session WHERE session_key <> %s", but)

    def _key(self, case: str) -> str:
        return case if self.is_postgres else uuid.UUID(case).hex
