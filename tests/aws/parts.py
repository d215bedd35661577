"""Parts as comparable rows, independent of their writer and location."""

import io
from pathlib import Path

import pyarrow.parquet as parquet

DATASETS = ("facts", "models", "code", "issues")

# When a row was written, when its export was uploaded, and the name of its part: it follows from the content's tag, which is another one in S3.
OF_THE_RUN = ("processed_ts", "modified_ts", "part_id")


class Parts:
    """All parts below one destination: rows by dataset, and the part that each export went to."""

    def __init__(self, files):
        self.rows = {dataset: [] for dataset in DATASETS}
        self.schemas = {}
        self.part_of_export = {}
        for path, content in sorted(files.items()):
            dataset, partition, name = path.split("/")
            table = parquet.read_table(io.BytesIO(content))
            self.schemas.setdefault(dataset, table.schema)
            if table.schema != self.schemas[dataset]:
                raise AssertionError(f"`{path}` has other columns or types than the other parts")
            compared = [column for column in table.column_names if column not in OF_THE_RUN]
            columns = [table.column(column).to_pylist() for column in compared]
            self.rows[dataset] += [(partition, *row) for row in zip(*columns)]
            self._note_exports(table, name)
        for rows in self.rows.values():
            rows.sort(key=repr)

    def _note_exports(self, table, name):
        for part, export in set(zip(table.column("part_id").to_pylist(), table.column("src_path").to_pylist())):
            if f"part-{part}.parquet" != name:
                raise AssertionError(f"rows of part `{part}` lie in `{name}`")
            if self.part_of_export.setdefault(export, part) != part:
                raise AssertionError(f"`{export}` went to two parts")

    @classmethod
    def of_folder(cls, folder):
        folder = Path(folder)
        return cls({path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*.parquet")})

    @classmethod
    def of_bucket(cls, s3, bucket, prefix, keys=None):
        """All parts below a prefix, or those with the given keys alone."""
        keys = objects(s3, bucket, prefix) if keys is None else keys
        return cls({key.removeprefix(prefix): s3.get_object(Bucket=bucket, Key=key)["Body"].read() for key in keys})


def objects(s3, bucket, prefix):
    """Keys below a prefix and what changes when they are written again."""
    found = {}
    for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix):
        for item in page.get("Contents", []):
            found[item["Key"]] = (item["ETag"], item["Size"], item["LastModified"])
    return found
