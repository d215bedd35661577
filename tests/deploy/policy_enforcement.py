"""Enforces a policy for the deployer, with each service's error messages, as the emulators allow everything.

A subset of IAM: actions by the names of calls, the resources in a request, and the operators of conditions that the policies of this
product use. What CloudFormation does for resources of a stack happens inside the emulator; `missing_for_stack` lists what a
policy lacks for it.
"""

import fnmatch
import json
import re
from urllib.parse import urlsplit

from actions import FREE, OBJECTS, OF_RESOURCES, action_of
from faults import Fault

# Further actions of these calls: always, or only with a member in the request.
ALSO = {
    "quicksight:CreateDataSet": [("PhysicalTableMap", "quicksight:PassDataSource")],
    "quicksight:UpdateDataSet": [("PhysicalTableMap", "quicksight:PassDataSource")],
    "quicksight:CreateAnalysis": [("Definition", "quicksight:PassDataSet")],
    "quicksight:UpdateAnalysis": [("Definition", "quicksight:PassDataSet")],
    "quicksight:CreateDashboard": [("Definition", "quicksight:PassDataSet")],
    "quicksight:UpdateDashboard": [("Definition", "quicksight:PassDataSet")],
}
TAGGED = {"DataSource", "DataSet", "Theme", "Analysis", "Dashboard"}
QUICKSIGHT = {
    "DataSourceId": "datasource",
    "DataSetId": "dataset",
    "ThemeId": "theme",
    "AnalysisId": "analysis",
    "DashboardId": "dashboard",
}
# Codes and statuses of a denied call, if they are not AccessDeniedException and 400.
DENIED = {
    "s3": ("AccessDenied", 403),
    "iam": ("AccessDenied", 403),
    "cloudformation": ("AccessDenied", 403),
    "sts": ("AccessDenied", 403),
    "monitoring": ("AccessDenied", 403),
    "sns": ("AuthorizationError", 403),
    "sqs": ("AccessDenied", 403),
    "quicksight": ("AccessDeniedException", 403),
    "lambda": ("AccessDeniedException", 403),
    "scheduler": ("AccessDeniedException", 403),
}


class PolicyEnforcement:
    """The permissions of a policy document.

    With `access_key` only calls signed with it are checked. `output_bucket` returns the bucket that a workgroup writes its results to:
    Athena reads its location as the caller before it runs a query.
    """

    def __init__(self, document, account="123456789012", caller="assumed-role/deployer/alice", access_key=None, output_bucket=None):
        document = json.loads(document) if isinstance(document, str) else document
        statements = document["Statement"]
        self.statements = statements if isinstance(statements, list) else [statements]
        self.account, self.caller, self.access_key = account, f"arn:aws:sts::{account}:{caller}", access_key
        self.output_bucket = output_bucket or (lambda _workgroup: None)

    def refusal(self, call, request):
        """The error of a refused call, or None."""
        signed = re.search(r"Credential=([^/]+)/", request.headers.get("Authorization", ""))
        if call.name in FREE or signed is None or self.access_key not in (None, signed[1]):
            return None
        for action, resources in self.needed(call):
            denied = [resource for resource in resources or [None] if not self.allows(action, resource)]
            if denied:
                code, status = DENIED.get(call.service, ("AccessDeniedException", 400))
                on = f" on resource: {denied[0]}" if denied[0] else ""
                message = f"User: {self.caller} is not authorized to perform: {action}{on} because no identity-based policy allows it"
                return Fault(call.name, code, message, status)
        return self._of_athena(call)

    def needed(self, call):
        """All actions that a call needs, with their resources."""
        yield action_of(call), self.resources(call)
        for member, action in ALSO.get(call.name, []):
            if member in call.members:
                yield action, sorted(_arns(call.members[member], action))
        if call.service == "quicksight" and call.operation.removeprefix("Create") in TAGGED and call.members.get("Tags"):
            yield "quicksight:TagResource", self.resources(call)

    def resources(self, call):
        """The ARNs in a request. An empty list means unknown: any resource of a statement then matches."""
        members = call.members
        if call.service == "s3" and "Bucket" in members:
            # DeleteObjects has its keys in the body.
            is_of_objects = any(word in action_of(call) for word in OBJECTS)
            key = members.get("Key", "x" if is_of_objects else "")
            return [f"arn:aws:s3:::{members['Bucket']}" + (f"/{key}" if key else "")]
        if call.service == "quicksight":
            if "ResourceArn" in members:
                return [members["ResourceArn"]]
            kinds = [(kind, members[name]) for name, kind in QUICKSIGHT.items() if name in members]
            return [f"arn:aws:quicksight:{call.region}:{self.account}:{kind}/{name}" for kind, name in kinds[:1]]
        if call.service == "iam" and "RoleName" in members:
            return [f"arn:aws:iam::{self.account}:role/{members['RoleName']}"]
        if call.service == "lambda" and "FunctionName" in members:
            name = members["FunctionName"].rpartition(":")[2]
            return [f"arn:aws:lambda:{call.region}:{self.account}:function:{name}"]
        if call.service == "athena" and "WorkGroup" in members:
            return [f"arn:aws:athena:{call.region}:{self.account}:workgroup/{members['WorkGroup']}"]
        if call.service == "sns" and "TopicArn" in members:
            return [members["TopicArn"]]
        if call.service == "secretsmanager" and "SecretId" in members:
            name = members["SecretId"]
            # The service adds six characters to a name.
            return [name if name.startswith("arn:") else f"arn:aws:secretsmanager:{call.region}:{self.account}:secret:{name}-AbCdEf"]
        if call.service == "cloudformation" and isinstance(members.get("StackName"), str):
            name = members["StackName"]
            return [name if name.startswith("arn:") else f"arn:aws:cloudformation:{call.region}:{self.account}:stack/{name}/0"]
        return []

    def allows(self, action, resource=None, **context):
        """Returns whether the policy allows an action. Without a resource, any statement with the action matches."""
        if any(self._applies(one, "Deny", action, resource, context) for one in self.statements if resource is not None):
            return False
        return any(self._applies(one, "Allow", action, resource, context) for one in self.statements)

    def missing_for_stack(self, types):
        """Actions that CloudFormation needs for these types of resources and that no statement allows."""
        needed = {action for kind in types for action in OF_RESOURCES[kind].split()}
        return sorted(action for action in needed if not self.allows(action))

    def _applies(self, statement, effect, action, resource, context):
        if statement["Effect"] != effect:
            return False
        named = _listed(statement.get("Action", []))
        excluded = _listed(statement.get("NotAction", []))
        if named and not any(_matches(action, pattern, case=False) for pattern in named):
            return False
        if excluded and any(_matches(action, pattern, case=False) for pattern in excluded):
            return False
        patterns = _listed(statement.get("Resource", "*"))
        if resource is not None and not any(_matches(one, pattern) for one in _spellings(resource) for pattern in patterns):
            return False
        return _holds(statement.get("Condition", {}), context)

    def _of_athena(self, call):
        if call.name != "athena:StartQueryExecution":
            return None
        workgroup = call.members.get("WorkGroup", "primary")
        named = call.members.get("ResultConfiguration", {}).get("OutputLocation")
        bucket = urlsplit(named).netloc if named else self.output_bucket(workgroup)
        if bucket and not self.allows("s3:GetBucketLocation", f"arn:aws:s3:::{bucket}"):
            return Fault(call.name, "InvalidRequestException", f"Unable to verify/create output bucket {bucket}", 400)
        return None


def _listed(value):
    return value if isinstance(value, list) else [value]


def _matches(text, pattern, case=True):
    text, pattern = (text, pattern) if case else (text.lower(), pattern.lower())
    # Square brackets have no meaning in policies.
    return fnmatch.fnmatchcase(text, pattern.replace("[", "[[]"))


def _spellings(resource):
    """Requests name a role without the path that its ARN may have."""
    return [resource, resource.replace(":role/", ":role/service-role/")] if ":role/" in resource else [resource]


def _holds(condition, context):
    """Returns whether a condition holds. Keys that are not in `context` are ignored: a request may have them, but the double cannot see it."""
    for operator, keys in condition.items():
        for key, values in keys.items():
            actual = context.get(key)
            if actual is None:
                continue
            matched = any(_matches(actual, value) if "Like" in operator else actual == value for value in _listed(values))
            if matched == ("Not" in operator):
                return False
    return True


def _arns(value, action):
    """ARNs of the roles and resources that a request passes to a service."""
    kind = {"quicksight:PassDataSource": ":datasource/", "quicksight:PassDataSet": ":dataset/"}[action]
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        return {arn for item in value for arn in _arns(item, action)}
    return {value} if isinstance(value, str) and value.startswith("arn:") and kind in value else set()
