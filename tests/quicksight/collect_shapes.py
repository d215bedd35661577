"""Counts the forms that public Quick Sight definitions use: `collect_shapes.py FRAMEWORK CLICKSTREAM SAMPLE`.

Writes shapes.tsv. The arguments are checkouts of aws-solutions-library-samples/cloud-intelligence-dashboards-framework,
awslabs/clickstream-analytics-on-aws and aws-samples/sample-kiro-user-analytics-quicksight-dashboard. The table holds
paths, enumeration values and counts, and nothing else of these documents; of the structures that QUICKSIGHT_OUT uses
(see compiled.py) alone. Needs PyYAML.
"""

import importlib.util
import json
import re
import sys
from pathlib import Path
from types import ModuleType
from unittest.mock import MagicMock

from compiled import LANGUAGES, definition
from shapes import TABLE, forms, parent


def framework(root):
    """Dashboards as files of their own, and as texts inside of other files."""
    import yaml

    for path in sorted((root / "dashboards").rglob("*.yaml")):
        document = yaml.load(path.read_text(), Loader=yaml.CSafeLoader)
        if not isinstance(document, dict):
            continue
        if "Sheets" in document:
            yield document
        for dashboard in (document.get("dashboards") or {}).values():
            data = dashboard.get("data") if isinstance(dashboard, dict) else None
            if isinstance(data, str):
                data = yaml.load(data, Loader=yaml.CSafeLoader)
            if isinstance(data, dict) and "Sheets" in data:
                yield data


def clickstream(root):
    for path in sorted((root / "src" / "reporting" / "private").glob("template-def*.json")):
        # The files hold placeholders that are no JSON outside of texts.
        yield json.loads(re.sub(r",(\s*[}\]])", r"\1", path.read_text()))


def sample(root):
    """The script makes its definition from names alone; its client of AWS is never called."""
    for name in ("boto3", "botocore", "botocore.exceptions"):
        module = ModuleType(name)
        module.ClientError = Exception
        module.client = MagicMock()
        sys.modules.setdefault(name, module)
    spec = importlib.util.spec_from_file_location("create_dashboard", root / "scripts" / "create_dashboard.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    yield module.build_definition("123456789012", "us-east-1", "kiro")


def main():
    counts = {}
    sources = (framework, clickstream, sample)
    for source, root in zip(sources, map(Path, sys.argv[1:]), strict=True):
        for document in source(root):
            for form in forms(document):
                of_form = counts.setdefault(form, dict.fromkeys((each.__name__ for each in sources), 0))
                of_form[source.__name__] += 1
    ours = set().union(*(forms(definition(language)) for language in LANGUAGES))
    structures = {parent(form) for form in ours}
    with TABLE.open("w") as table:
        print("form", *(source.__name__ for source in sources), sep="\t", file=table)
        for form, of_form in sorted(counts.items()):
            if parent(form) in structures:
                print(form, *of_form.values(), sep="\t", file=table)


if __name__ == "__main__":
    main()
