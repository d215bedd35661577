"""Translates Athena's SQL to DuckDB's."""

import re
from functools import lru_cache

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError
from sqlglot.optimizer.annotate_types import annotate_types
from sqlglot.optimizer.qualify import qualify

PRESTO = {
    "VARCHAR": "varchar",
    "BIGINT": "bigint",
    # Sums of BIGINT are BIGINT in Trino.
    "HUGEINT": "bigint",
    "INTEGER": "integer",
    "DOUBLE": "double",
    "FLOAT": "real",
    "BOOLEAN": "boolean",
    "DATE": "date",
    "TIMESTAMP": "timestamp(3)",
}


@lru_cache(maxsize=1000)
def parsed(sql):
    """The statement. Raises SqlglotError for one that Athena cannot read."""
    statements = sqlglot.parse(sql, read="athena")
    if len(statements) != 1:
        raise SqlglotError("Only one sql statement is allowed.")
    return statements[0]


def relations(statement, database):
    """(database, name) of all tables and views that a statement reads."""
    kept = statement.meta.get("relations", {})
    if database not in kept:
        kept[database] = _relations(statement, database)
        statement.meta["relations"] = kept
    return kept[database]


def _relations(statement, database):
    named = {cte.alias for cte in statement.find_all(exp.CTE)}
    found = {(table.db or database, table.name) for table in statement.find_all(exp.Table) if isinstance(table.this, exp.Identifier)}
    return sorted((of, name) for of, name in found if name and not (name in named and of == database))


def for_duckdb(statement, database, schema):
    """A query's text. Types decide the kind of a division, so `schema` contains the type of each column: {database: {table: {column: type}}}."""
    qualified = qualify(
        statement.copy(), db=database, schema=schema, dialect="athena", quote_identifiers=True, validate_qualify_columns=False
    )
    typed = annotate_types(qualified, schema=schema, dialect="athena")
    return typed.transform(_date_stays_date).transform(_groups_of_expressions).sql("duckdb")


def _groups_of_expressions(node):
    """`$1` of a replacement is `\\1` there."""
    if isinstance(node, exp.RegexpReplace) and isinstance(node.args.get("replacement"), exp.Literal):
        node.set("replacement", exp.Literal.string(re.sub(r"\$(\d)", r"\\\1", node.args["replacement"].this)))
    return node


def _date_stays_date(node):
    """A date plus days is a date in Athena, and a timestamp in DuckDB."""
    if isinstance(node, exp.GenerateSeries) and _is_date(node.args["start"]):
        return exp.cast(node, exp.DataType.build("DATE[]", dialect="duckdb"))
    moved = isinstance(node, exp.DateAdd | exp.DateSub | exp.DateTrunc | exp.TimestampTrunc)
    if (moved or isinstance(node, exp.Add | exp.Sub) and isinstance(node.expression, exp.Interval)) and _is_date(node.this):
        return exp.cast(node, exp.DataType.Type.DATE)
    return node


def _is_date(node):
    return node.type is not None and node.type.is_type(exp.DataType.Type.DATE)


def presto_type(duckdb_type):
    """Athena's name of a type."""
    text = str(duckdb_type)
    return text.lower() if text.startswith("DECIMAL") else PRESTO.get(text, text.lower())


def spelled(value):
    """A value as GetQueryResults writes it; None is no value."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return _double(value)
    return str(value)


def _double(value):
    """Java's format: an exponent below 0.001 and from 10 million."""
    if value != value or value in (float("inf"), float("-inf")):
        return {"nan": "NaN", "inf": "Infinity", "-inf": "-Infinity"}[str(value)]
    if value == 0 or 1e-3 <= abs(value) < 1e7:
        return repr(value)
    digits, _, exponent = f"{value!r}".partition("e")
    if not exponent:
        mantissa, _, exponent = f"{value:.16e}".partition("e")
        digits = repr(float(mantissa))
    return f"{digits if '.' in digits else digits + '.0'}E{int(exponent)}"
