"""Reads the SELECT of every QuickSight dataset as `lint.py` reads the views: `datasets.py FOLDER`, where the compiler's files are."""

import json
import sys
from pathlib import Path

from catalogue import Relation, render
from lint import problems


def main(folder: Path) -> int:
    relations = render("s3://bucket/prefix", "2026-01-01", {})
    schema = {relations[0].database: {relation.name: dict(relation.columns) for relation in relations}}
    failed = passed = 0
    for dataset in json.loads((folder / "datasets.json").read_text()):
        (table,) = dataset["body"]["PhysicalTableMap"].values()
        query = table["CustomSql"]
        columns = [(column["Name"], column["Type"]) for column in query["Columns"]]
        found = problems(Relation(dataset["id"], "", "view", columns, f"--\n{query['SqlQuery']}"), schema)
        failed += bool(found)
        passed += not found
        for problem in found:
            print(f"FAILED {dataset['id']}: {problem}")
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
