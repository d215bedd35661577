"""Compares two results as multisets of rows; what is wrong is told with the first differing rows."""

import math
from collections import defaultdict

RELATIVE_TOLERANCE = 1e-9
ABSOLUTE_TOLERANCE = 1e-9  # sums that cancel out leave a different dust on each engine
SHOWN_ROWS = 5


def compare(columns: list[tuple[str, str]], trino: list[tuple], embedded: list[tuple]) -> list[str]:
    """The problems found, none if both are the same rows; `columns` are names and catalogue types."""
    doubles = [index for index, (_, column_type) in enumerate(columns) if column_type == "double"]
    others = [index for index in range(len(columns)) if index not in doubles]
    left, right = _by_key(trino, others, doubles), _by_key(embedded, others, doubles)
    missing, extra = [], []
    for key in left.keys() | right.keys():
        unmatched_left, unmatched_right = _unmatched(left.get(key, []), right.get(key, []))
        missing += [_row(columns, others, key, doubles, values) for values in unmatched_left]
        extra += [_row(columns, others, key, doubles, values) for values in unmatched_right]
    if not missing and not extra:
        return []
    problems = [f"{len(trino)} rows in Trino, {len(embedded)} in the embedded engine"]
    for engine, rows in (("Trino", missing), ("the embedded engine", extra)):
        problems.append(f"{len(rows)} rows only in {engine}")
        problems += [f"    {row}" for row in sorted(rows)[:SHOWN_ROWS]]
    return problems


def _by_key(rows: list[tuple], others: list[int], doubles: list[int]) -> dict[tuple, list[tuple]]:
    grouped = defaultdict(list)
    for row in rows:
        # Types are part of the key: 1 is not TRUE, and NULL is not ''.
        key = tuple((type(row[index]).__name__, row[index]) for index in others)
        grouped[key].append(tuple(row[index] for index in doubles))
    return grouped


def _unmatched(left: list[tuple], right: list[tuple]) -> tuple[list[tuple], list[tuple]]:
    """Pairs rows of one key off against each other; a key is nearly always one row."""
    rest = list(right)
    unmatched = []
    for values in left:
        for index, candidate in enumerate(rest):
            if all(map(_close, values, candidate)):
                del rest[index]
                break
        else:
            unmatched.append(values)
    return unmatched, rest


def _close(one: float | None, other: float | None) -> bool:
    if one is None or other is None:
        return one is other
    if math.isnan(one) or math.isnan(other):
        return math.isnan(one) and math.isnan(other)
    return math.isclose(one, other, rel_tol=RELATIVE_TOLERANCE, abs_tol=ABSOLUTE_TOLERANCE)


def _row(columns: list[tuple[str, str]], others: list[int], key: tuple, doubles: list[int], values: tuple) -> str:
    cells = {index: value for index, (_, value) in zip(others, key)} | dict(zip(doubles, values))
    return ", ".join(f"{name}={cells[index]!r}" for index, (name, _) in enumerate(columns))
