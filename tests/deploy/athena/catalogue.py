"""The Glue catalogue as Athena reads and writes it, and the files below its tables."""

import base64
import hashlib
import json
import re
from pathlib import Path
from urllib.parse import urlsplit

from botocore.exceptions import ClientError

VIEW = re.compile(r"/\* Presto View: (\S+) \*/")


class Catalogue:
    """Tables and views by (database, name); files of tables are kept in `folder` after the first read."""

    def __init__(self, glue, s3, folder):
        self.glue, self.s3, self.folder = glue, s3, Path(folder)

    def all_of(self, database):
        """The Glue tables of a database by name; empty if it does not exist."""
        try:
            return {one["Name"]: one for page in self._pages("get_tables", DatabaseName=database) for one in page["TableList"]}
        except ClientError as error:
            if error.response["Error"]["Code"] == "EntityNotFoundException":
                return {}
            raise

    def databases(self):
        return {one["Name"] for page in self._pages("get_databases") for one in page["DatabaseList"]}

    def tables(self):
        """All tables as (database, table)."""
        return {(database, name) for database in self.databases() for name in self.all_of(database)}

    def put_view(self, database, name, sql, columns, replace):
        """Writes a view as Athena does. `columns` are pairs of a name and a Presto type."""
        described = {
            "originalSql": sql,
            "catalog": "awsdatacatalog",
            "schema": database,
            "columns": [{"name": column, "type": kind} for column, kind in columns],
        }
        encoded = base64.b64encode(json.dumps(described).encode()).decode()
        table = {
            "Name": name,
            "TableType": "VIRTUAL_VIEW",
            "Parameters": {"presto_view": "true", "comment": "Presto View"},
            "ViewOriginalText": f"/* Presto View: {encoded} */",
            "ViewExpandedText": "/* Presto View */",
            "StorageDescriptor": {
                "Columns": [{"Name": column, "Type": hive(kind)} for column, kind in columns],
                "Location": "",
                "SerdeInfo": {},
            },
            "PartitionKeys": [],
        }
        put = self.glue.update_table if replace else self.glue.create_table
        put(DatabaseName=database, TableInput=table)

    def drop(self, database, name):
        self.glue.delete_table(DatabaseName=database, Name=name)

    def files(self, table):
        """Local copies of the files below a table's location, by their paths in S3, and a name for their combined content."""
        place = urlsplit(table["StorageDescriptor"]["Location"])
        prefix = place.path.lstrip("/").rstrip("/") + "/"
        found = {}
        for page in self.s3.get_paginator("list_objects_v2").paginate(Bucket=place.netloc, Prefix=prefix):
            for listed in page.get("Contents", []):
                name = listed["Key"].rsplit("/", 1)[-1]
                # As Hive does: ignores hidden files and empty folders.
                if name and not name.startswith(("_", ".")):
                    found[listed["Key"]] = listed["ETag"].strip('"')
        for key, tag in found.items():
            copy = self.folder / tag / key
            if not copy.exists():
                copy.parent.mkdir(parents=True, exist_ok=True)
                copy.write_bytes(self.s3.get_object(Bucket=place.netloc, Key=key)["Body"].read())
        content = hashlib.sha256(json.dumps(found, sort_keys=True).encode()).hexdigest()
        return [(key, self.folder / tag / key) for key, tag in sorted(found.items())], content

    def _pages(self, operation, **members):
        return self.glue.get_paginator(operation).paginate(**members)


def view_of(table):
    """The definition of a view in its Glue table, or None."""
    match = VIEW.search(table.get("ViewOriginalText") or "")
    return json.loads(base64.b64decode(match[1])) if match else None


def columns_of(table):
    """Names and Hive types, partitions last."""
    return [(column["Name"], column["Type"]) for column in table["StorageDescriptor"].get("Columns", []) + table.get("PartitionKeys", [])]


def hive(presto):
    """A column's type in the catalogue."""
    return {"varchar": "string", "integer": "int"}.get(presto, "timestamp" if presto.startswith("timestamp") else presto)
