"""The policy that a deployer needs, from the calls that the run saw, and the page that shows it: docs/permissions.md."""

import json
import re
from pathlib import Path

from actions import OF_RESOURCES, Place, actions_of, resources_of

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "permissions.md"
TEMPLATES = sorted((ROOT / "cfn").glob("*.yaml"))
BEGIN, END = "<!-- generated: the policy -->", "<!-- end -->"

PLACE = Place("kiro-analytics", "123456789012", "example-kiro-reports", "aws-quicksight-service-role-v0")
# What passes a role on, and to whom.
PASSED = {"StringEquals": {"iam:PassedToService": ["lambda.amazonaws.com", "scheduler.amazonaws.com"]}}


def policy(calls, place=PLACE):
    """As IAM reads it: one statement for all actions of a service on the same resources."""
    needed = {}
    for call in calls:
        for action in actions_of(call):
            bucket = call.members.get("Bucket", "") if call.service == "s3" else ""
            needed.setdefault((action.partition(":")[0], resources_of(action, place, bucket)), set()).add(action)
    for kind in types_in_templates():
        for action in OF_RESOURCES[kind].split():
            needed.setdefault((action.partition(":")[0], resources_of(action, place)), set()).add(action)
    statements = []
    for (service, resources), actions in sorted(needed.items()):
        passing = {action for action in actions if action == "iam:PassRole"}
        for some, condition in ((actions - passing, None), (passing, PASSED)):
            if some:
                statements.append(
                    {"Sid": _sid(service, statements), "Effect": "Allow", "Action": sorted(some), "Resource": list(resources)}
                    | ({"Condition": condition} if condition else {})
                )
    return {"Version": "2012-10-17", "Statement": statements}


def types_in_templates():
    found = {kind for path in TEMPLATES for kind in re.findall(r"^\s+Type: (AWS::\w+::\w+)$", path.read_text(), re.MULTILINE)}
    unknown = found - OF_RESOURCES.keys()
    if unknown:
        raise ValueError(f"tests/deploy/actions.py does not say what CloudFormation does for {sorted(unknown)}")
    return sorted(found)


def page(text, wanted):
    """The page with this policy in it."""
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n\n```json\n{json.dumps(wanted, indent=2)}\n```\n\n{END}{after}"


def _sid(service, statements):
    """`QuicksightNo3`: unique, as IAM wants it."""
    name = service.title().replace("-", "")
    taken = {statement["Sid"] for statement in statements}
    return next(f"{name}No{number}" for number in range(1, 100) if f"{name}No{number}" not in taken)
