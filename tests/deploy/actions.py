"""The permission that a call needs, and the resource in the request.

Actions whose names differ from the API's, and those that CloudFormation needs, come from the files that the program and its tests use.
"""

import re
from pathlib import Path

CRATE = Path(__file__).resolve().parents[2] / "crates" / "deploy"


def _rows(path):
    return [line.split("\t") for line in (CRATE / path).read_text().splitlines() if not line.startswith("#")]


# Calls whose actions have other names.
RENAMED = dict(_rows("src/permissions/renamed_calls.tsv"))
# These need no permission.
FREE = {"sts:GetCallerIdentity"}

_UNUSED = {(kind, action) for kind, _, actions in _rows("tests/permissions/unused.tsv") for action in actions.split(" ")}
# The actions of CloudFormation for each type of resource in the template, with the deployer's permissions.
OF_RESOURCES = {}
for _kind, _, _actions in _rows("tests/permissions/handlers.tsv"):
    _needed = [action for action in _actions.split(" ") if (_kind, action) not in _UNUSED]
    OF_RESOURCES[_kind] = " ".join(dict.fromkeys([*OF_RESOURCES.get(_kind, "").split(), *_needed]))

# Prefix of actions, if it is not the name in signatures.
PREFIXES = {"monitoring": "cloudwatch", "sso-admin": "sso"}

# Resources in members of requests, by service: the member, and the resource's prefix. The first member found is used.
NAMED = {
    "athena": [("WorkGroup", "workgroup/")],
    "cloudformation": [("StackName", "stack/")],
    "iam": [("RoleName", "role/")],
    "lambda": [("FunctionName", "function:")],
    "logs": [("logGroupName", "log-group:")],
    "scheduler": [("Name", "schedule/default/")],
    "quicksight": [
        ("DataSetId", "dataset/"),
        ("DataSourceId", "datasource/"),
        ("DashboardId", "dashboard/"),
        ("AnalysisId", "analysis/"),
        ("ThemeId", "theme/"),
    ],
}
# Actions on objects; all others of S3 are on buckets.
OBJECTS = ("Object", "MultipartUpload", "ListMultipartUploadParts")


def action_of(call):
    """The action of a call."""
    name = f"{PREFIXES.get(call.service, call.service)}:{call.operation}"
    return RENAMED.get(name, name)


def resource_of(call, action):
    """The resource as the last part of its ARN; None if the request does not name one."""
    if call.service == "s3":
        bucket, key = call.members.get("Bucket", ""), call.members.get("Key", "x")
        if not bucket:
            return None
        return f"{bucket}/{key}" if any(word in action for word in OBJECTS) else bucket
    if call.service == "glue":
        return _of_glue(call)
    for member, kind in NAMED.get(call.service, []):
        name = call.members.get(member, "")
        if name.startswith("arn:"):
            return name.split(":", 5)[5]
        if name:
            return f"{kind}{name}/x" if kind == "stack/" else kind + name
    return None


def _of_glue(call):
    database, table = call.members.get("DatabaseName", ""), call.members.get("TableInput", {}).get("Name", call.members.get("Name", ""))
    if database:
        return f"table/{database}/{table or 'x'}"
    return f"database/{table}" if re.search("Database$", call.operation) and table else None
