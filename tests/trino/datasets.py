"""Reads the SELECT of every QuickSight dataset as `lint.py` reads the views: `datasets.py FOLDER`, where the compiler's files are."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path

from catalogue import Relation
from lint import problems, rendered, told


def datasets(folder: Path) -> Iterator[tuple[str, list[str]]]:
    _, schema = rendered({})
    for dataset in json.loads((folder / "datasets.json").read_text()):
        (table,) = dataset["body"]["PhysicalTableMap"].values()
        query = table["CustomSql"]
        columns = [(column["Name"], column["Type"]) for column in query["Columns"]]
        relation = Relation(dataset["id"], "", "view", columns, f"--\n{query['SqlQuery']}")
        yield dataset["id"], problems(relation, schema)


if __name__ == "__main__":
    sys.exit(told(datasets(Path(sys.argv[1]))))
