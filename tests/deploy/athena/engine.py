"""Runs statements: computes each relation once for the content of its files and definitions."""

import hashlib
import threading

import duckdb
from sqlglot import exp
from sqlglot.errors import SqlglotError

from .catalogue import columns_of, view_of
from .dialect import for_duckdb, parsed, presto_type, relations

DUCKDB = {"string": "VARCHAR", "int": "INTEGER"}


class QueryFailed(Exception):
    """A query that Athena accepts and then fails."""


class Look:
    """The catalogue as one statement sees it."""

    def __init__(self, catalogue):
        self.catalogue, self.tables, self.contents = catalogue, {}, {}

    def get(self, database, name):
        """The Glue table, or None."""
        if database not in self.tables:
            self.tables[database] = self.catalogue.all_of(database)
        return self.tables[database].get(name)


class Engine:
    """Runs statements over a catalogue, one at a time."""

    def __init__(self, catalogue):
        self.catalogue, self.lock = catalogue, threading.Lock()
        self.duckdb = duckdb.connect(config={"threads": 2})
        # For each computed relation: the content it was computed from, and its columns.
        self.computed, self.schema = {}, {}
        self.texts = {}

    def run(self, sql, database):
        """Columns (name, Presto type) and rows of a query; both empty for any other statement."""
        statement = parsed(sql)
        with self.lock:
            look = Look(self.catalogue)
            if isinstance(statement, exp.Create) and statement.kind == "VIEW":
                return self._create_view(statement, database, look)
            if isinstance(statement, exp.Drop) and statement.kind == "VIEW":
                return self._drop_view(statement, database, look)
            if isinstance(statement, exp.Query):
                return self._select(statement, database, look)
        raise QueryFailed(f"NOT_SUPPORTED: the double runs queries and makes views, no {statement.key.upper()}")

    def reads(self, sql, database):
        """All (database, name) that a query reads, also through views."""
        look, seen, waiting = Look(self.catalogue), set(), list(relations(parsed(sql), database))
        while waiting:
            of, name = waiting.pop()
            table = None if (of, name) in seen else look.get(of, name)
            if table is None:
                continue
            seen.add((of, name))
            view = view_of(table)
            if view:
                waiting += relations(parsed(view["originalSql"]), view["schema"])
        return seen

    def _select(self, statement, database, look):
        self._prepare(statement, database, look)
        try:
            done = self.duckdb.execute(self._text(statement, database))
        except (duckdb.Error, SqlglotError) as error:
            raise QueryFailed(_said(error)) from error
        return [(column[0], presto_type(column[1])) for column in done.description], done.fetchall()

    def _create_view(self, statement, database, look):
        of, name = statement.this.db or database, statement.this.name
        there = look.get(of, name)
        if of not in self.catalogue.databases():
            raise QueryFailed(f"SCHEMA_NOT_FOUND: line 1:1: Schema '{of}' does not exist")
        if there is not None and not statement.args.get("replace"):
            raise QueryFailed(f"line 1:1: View already exists: 'awsdatacatalog.{of}.{name}'")
        if there is not None and view_of(there) is None:
            raise QueryFailed(f"line 1:1: Table already exists: 'awsdatacatalog.{of}.{name}'")
        query = statement.expression
        self._prepare(query, database, look)
        try:
            described = self.duckdb.execute(f"DESCRIBE {self._text(query, database)}").fetchall()
        except (duckdb.Error, SqlglotError) as error:
            raise QueryFailed(_said(error)) from error
        columns = [(column[0], presto_type(column[1])) for column in described]
        # Athena keeps a query as its formatter writes it, without comments.
        self.catalogue.put_view(of, name, query.sql("athena", pretty=True, comments=False), columns, there is not None)
        return [], []

    def _drop_view(self, statement, database, look):
        of, name = statement.this.db or database, statement.this.name
        there = look.get(of, name)
        if there is not None and view_of(there) is not None:
            self.catalogue.drop(of, name)
        elif not statement.args.get("exists"):
            raise QueryFailed(f"line 1:1: View 'awsdatacatalog.{of}.{name}' does not exist")
        return [], []

    def _prepare(self, statement, database, look):
        """Computes the relations that a statement reads. Returns the content of each."""
        return [self._relation(of, name, look) for of, name in relations(statement, database)]

    def _relation(self, database, name, look):
        if (database, name) in look.contents:
            return look.contents[database, name]
        table = look.get(database, name)
        if table is None:
            raise QueryFailed(f"TABLE_NOT_FOUND: line 1:15: Table 'awsdatacatalog.{database}.{name}' does not exist")
        view = view_of(table)
        if view is None:
            files, content = self.catalogue.files(table)
            content = _hash(content, columns_of(table))
        else:
            query = parsed(view["originalSql"])
            content = _hash(view["originalSql"], self._prepare(query, view["schema"], look))
        if self.computed.get((database, name)) != content:
            self._compute(database, name, _over_files(table, files) if view is None else self._text(query, view["schema"]))
            self.computed[database, name] = content
        if view is not None:
            self._check(database, name, view)
        look.contents[database, name] = content
        return content

    def _text(self, query, database):
        """The statement for DuckDB. Cached, as the translation is slow."""
        key = _hash(query.sql("athena"), database, [self.schema[of][name] for of, name in relations(query, database)])
        if key not in self.texts:
            below = {}
            for of, name in relations(query, database):
                below.setdefault(of, {})[name] = self.schema[of][name]
            self.texts[key] = for_duckdb(query, database, below)
        return self.texts[key]

    def _compute(self, database, name, sql):
        self.duckdb.execute(f'CREATE SCHEMA IF NOT EXISTS "{database}"')
        try:
            self.duckdb.execute(f'CREATE OR REPLACE TABLE "{database}"."{name}" AS {sql}')
        except duckdb.Error as error:
            raise QueryFailed(_said(error)) from error
        described = self.duckdb.execute(f'DESCRIBE "{database}"."{name}"').fetchall()
        self.schema.setdefault(database, {})[name] = {column[0]: column[1] for column in described}

    def _check(self, database, name, view):
        """Refuses a view whose query has other columns than at its creation, until it is created again."""
        now = [(column, presto_type(kind)) for column, kind in self.schema[database][name].items()]
        kept = [(column["name"], column["type"]) for column in view["columns"]]
        if [column for column, _ in now] != [column for column, _ in kept]:
            raise QueryFailed(
                f"VIEW_IS_STALE: line 1:15: View 'awsdatacatalog.{database}.{name}' is stale or in invalid state: its columns changed"
            )


def _over_files(table, files):
    columns = [(name, DUCKDB.get(kind, kind.upper())) for name, kind in columns_of(table)]
    partitions = {key["Name"] for key in table.get("PartitionKeys", [])}
    if not files:
        declared = ", ".join(f'CAST(NULL AS {kind}) AS "{name}"' for name, kind in columns)
        return f"SELECT {declared} WHERE false"
    chosen = ", ".join(f'CAST("{name}" AS {kind}) AS "{name}"' for name, kind in columns)
    paths = ", ".join(f"'{path}'" for _, path in files)
    types = ", ".join(f"'{name}': VARCHAR" for name in sorted(partitions))
    hive = f"hive_partitioning = true, hive_types = {{{types}}}" if partitions else "hive_partitioning = false"
    return f"SELECT {chosen} FROM read_parquet([{paths}], {hive}, union_by_name = true)"


def _hash(*parts):
    return hashlib.sha256(repr(parts).encode()).hexdigest()


def _said(error):
    return f"GENERIC_USER_ERROR: {str(error).splitlines()[0]}"
