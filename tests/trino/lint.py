"""Reads every rendered view without an engine: does it parse, do all columns exist, does it mean the same everywhere?

Trino itself is the judge (run.py); this answers in a second. The rules: never order without saying where NULLs go,
never write a decimal literal, never use what one of the engines only tolerates.
"""

import re
import sys
from collections.abc import Iterable, Iterator

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError
from sqlglot.optimizer.qualify import qualify

from catalogue import Relation, render

ENGINE_ONLY = {
    r"::": "`::` instead of CAST",
    r"==": "`==` instead of `=`",
    r"`": "a backtick",
    r'"': "a quoted identifier",
    r"\bILIKE\b": "ILIKE",
    r"\bQUALIFY\b": "QUALIFY",
    r"\bOFFSET\b": "OFFSET",
    r"\bTRY\s*\(": "TRY(...), which DataFusion lacks",
    r"\b(current_date|current_timestamp|now)\b": "the clock",
    r"\bWITH\s+ORDINALITY\b": "WITH ORDINALITY",
}


def problems(relation: Relation, schema: dict) -> list[str]:
    select = relation.statement.split("\n", 1)[1]
    try:
        tree = sqlglot.parse_one(select, dialect="athena")
        qualified = qualify(tree.copy(), dialect="athena", schema=schema, quote_identifiers=False)
    except SqlglotError as error:
        return [str(error)]
    found = []
    names = [column.alias_or_name for column in qualified.selects]
    if names != [name for name, _ in relation.columns]:
        found.append(f"declares {[name for name, _ in relation.columns]}, selects {names}")
    # PostgreSQL's rule for NULLs is the opposite one: where the two readings agree, the text says it.
    elsewhere = sqlglot.parse_one(select, dialect="postgres", error_level=sqlglot.ErrorLevel.IGNORE)
    ours, theirs = ([bool(key.args.get("nulls_first")) for key in read.find_all(exp.Ordered)] for read in (tree, elsewhere))
    if ours != theirs:
        found.append("an ORDER BY ... DESC without NULLS LAST or NULLS FIRST")
    decimals = sorted({literal.this for literal in tree.find_all(exp.Literal) if _is_decimal(literal)})
    if decimals:
        found.append(f"decimal literals, which are DECIMAL in Trino: {', '.join(decimals)}")
    without_texts = re.sub(r"'(?:[^']|'')*'", "''", select)
    found += [meaning for pattern, meaning in ENGINE_ONLY.items() if re.search(pattern, without_texts, re.IGNORECASE)]
    return found


def _is_decimal(literal: exp.Literal) -> bool:
    return not literal.is_string and "." in literal.this and "e" not in literal.this.lower() \
        and not isinstance(literal.parent, exp.Cast)  # fmt: skip


def rendered(options: dict) -> tuple[list[Relation], dict]:
    """The relations, and the columns of them all."""
    relations = render("s3://bucket/prefix", "2026-01-01", options)
    return relations, {relations[0].database: {relation.name: dict(relation.columns) for relation in relations}}


def told(read: Iterable[tuple[str, list[str]]]) -> int:
    """Prints the problems of everything that was read, by its name: the exit code."""
    failed = passed = 0
    for name, found in read:
        failed += bool(found)
        passed += not found
        for problem in found:
            print(f"FAILED {name}: {problem}")
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


def views() -> Iterator[tuple[str, list[str]]]:
    for options in ({}, {"salt": "salt"}, {"row_rules": {"names": "email", "admins": ["root@example.com"]}}):
        relations, schema = rendered(options)
        for relation in relations:
            if relation.kind == "view":
                yield relation.name, problems(relation, schema)


if __name__ == "__main__":
    sys.exit(told(views()))
