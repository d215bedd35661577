"""What the QuickSight compiler made of the dashboard, as files in the folder that QUICKSIGHT_OUT names."""

import json
import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

LANGUAGES = ["en", "zh", "ko"]
MODES = ["light", "dark"]
ACCOUNT = "123456789012"


def read(name):
    return json.loads((Path(os.environ["QUICKSIGHT_OUT"]) / f"{name}.json").read_text())


def definition(language="en", mode="light"):
    return read(f"definition-{mode}-{language}")


def requests():
    """The requests that a deployment sends: the name of the operation, and its members."""
    for mode in MODES:
        yield "CreateTheme", {
            "AwsAccountId": ACCOUNT,
            "ThemeId": f"kiro-{mode}",
            "Name": f"kiro: {mode}",
            "BaseThemeId": "CLASSIC" if mode == "light" else "MIDNIGHT",
            "Configuration": read(f"theme-{mode}"),
        }
        for language in LANGUAGES:
            body = {"AwsAccountId": ACCOUNT, "Name": "kiro", "Definition": definition(language, mode)}
            yield "CreateDashboard", body | {"DashboardId": "kiro-kiro"}
            yield "CreateAnalysis", body | {"AnalysisId": "kiro-kiro"}
    for dataset in read("datasets"):
        yield "CreateDataSet", dataset["body"] | {"AwsAccountId": ACCOUNT, "DataSetId": dataset["id"]}


def template():
    """The same as CloudFormation resources, for its checker: one language and mode, as the others have the same shape."""
    kinds = {"CreateTheme": "Theme", "CreateDashboard": "Dashboard", "CreateDataSet": "DataSet"}
    resources = {}
    for operation, body in requests():
        kind = kinds.get(operation)
        if kind and not (kind == "Dashboard" and kind in resources):
            name = kind if kind == "Dashboard" else f"{kind}{len(resources)}"
            resources[name] = {"Type": f"AWS::QuickSight::{kind}", "Properties": body}
    return {"AWSTemplateFormatVersion": "2010-09-09", "Resources": resources}
