"""Speaks Trino's statement protocol: one query in, columns and all rows out. Standard library only."""

import json
import time
import urllib.error
import urllib.request
from dataclasses import dataclass


class QueryFailed(Exception):
    """Trino refused or failed a statement; the text is its own message."""


@dataclass(frozen=True)
class Result:
    columns: list[tuple[str, str]]  # name, Trino type
    rows: list[list]


class Client:
    def __init__(self, url: str, catalog: str, statement_deadline_seconds: float = 600):
        self._url = url
        self._headers = {"X-Trino-User": "test", "X-Trino-Catalog": catalog, "X-Trino-Time-Zone": "UTC"}
        self._deadline_seconds = statement_deadline_seconds

    def run(self, sql: str) -> Result:
        deadline = time.monotonic() + self._deadline_seconds
        columns, rows = [], []
        answer = self._send(f"{self._url}/v1/statement", sql.encode())
        while True:
            if "error" in answer:
                error = answer["error"]
                raise QueryFailed(f"{error['errorName']}: {error['message']}")
            if answer.get("columns"):
                columns = [(column["name"], column["type"]) for column in answer["columns"]]
            rows += answer.get("data", [])
            if "nextUri" not in answer:
                return Result(columns, rows)
            if time.monotonic() > deadline:
                raise QueryFailed(f"no answer within {self._deadline_seconds:.0f} s: {sql[:200]}")
            answer = self._send(answer["nextUri"])

    def _send(self, url: str, body: bytes | None = None) -> dict:
        """The server holds each request until there is news, so following `nextUri` is not a busy loop. While it plans a
        large query on a busy machine, that can be minutes."""
        request = urllib.request.Request(url, data=body, headers=self._headers)
        try:
            with urllib.request.urlopen(request, timeout=self._deadline_seconds) as response:
                return json.load(response)
        except urllib.error.HTTPError as error:
            raise QueryFailed(f"HTTP {error.code}: {error.read().decode(errors='replace')[:500]}") from error
        except TimeoutError as error:
            raise QueryFailed(f"no word from the server within {self._deadline_seconds:.0f} s") from error
