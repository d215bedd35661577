"""Drift of stacks: compares the resources with their state when CloudFormation had created them.

The emulator detects drift of half of the types in our templates and ignores `DeploymentMode=REVERT_DRIFT`. This double compares all
of them with a baseline that it reads from the emulator as soon as a stack is complete, and puts the baseline back when a change set
with REVERT_DRIFT is executed. Changes of the template stay with the emulator.
"""

import json
import re
import uuid
from datetime import UTC, datetime
from functools import cache
from xml.sax.saxutils import escape

import boto3
from botocore.exceptions import ClientError

from double import Answer
from live_resources import differences, read, write

_CHANGES_STACK = {"ExecuteChangeSet", "CreateStack", "UpdateStack"}


class Drift:
    """Drift of all stacks. `answer` handles the calls about drift; `seen` receives all other calls of CloudFormation."""

    def __init__(self, address, region="eu-central-1"):
        keys = {"aws_access_key_id": "example", "aws_secret_access_key": "example", "region_name": region}
        self.clients = cache(lambda service: boto3.client(service, endpoint_url=f"http://{address}", **keys))
        # By stack name: properties of resources by logical id, and stacks whose baseline has not been read yet.
        self.baselines, self.unread = {}, set()
        # Detections by id; change sets with REVERT_DRIFT by ARN.
        self.detections, self.change_sets = {}, {}

    def answer(self, call, request, pass_on):
        """The response to a call about drift, or None."""
        if call.service != "cloudformation":
            return None
        match call.operation:
            case "DetectStackDrift":
                return self._detect(call)
            case "DescribeStackDriftDetectionStatus":
                return self._detected(call)
            case "DescribeStackResourceDrifts":
                return self._drifts(call)
            case "CreateChangeSet" if call.members.get("DeploymentMode") == "REVERT_DRIFT":
                return self._create(call, pass_on(request))
            case "DescribeChangeSet":
                return self._described(call, pass_on(request))
            case "ExecuteChangeSet":
                return self._execute(call)
        return None

    def seen(self, call):
        """Reads the baseline of each complete stack, before the caller gets the response with that status."""
        if call.service != "cloudformation":
            return
        if call.operation in _CHANGES_STACK:
            name = self._name(call)
            self.baselines.pop(name, None)
            self.unread.add(name)
            return
        if call.operation == "DeleteStack":
            self.baselines.pop(self._name(call), None)
        for name in sorted(self.unread):
            status = self._status(name)
            if status is None or status.endswith("_FAILED"):
                self.unread.discard(name)
            elif status.endswith("_COMPLETE"):
                self.unread.discard(name)
                self.baselines[name] = self._properties(name)

    # ---- detection ----

    def _detect(self, call):
        name, detection = self._name(call), str(uuid.uuid4())
        if self._status(name) is None:
            return _refusal("ValidationError", f"Stack [{name}] does not exist")
        self.detections[detection] = name, self._compared(name)
        return _said("DetectStackDrift", f"<StackDriftDetectionId>{detection}</StackDriftDetectionId>")

    def _detected(self, call):
        detection = call.members["StackDriftDetectionId"]
        if detection not in self.detections:
            return _refusal("ValidationError", f"Stack drift detection [{detection}] does not exist")
        name, compared = self.detections[detection]
        drifted = [one for one in compared if one["status"] in ("MODIFIED", "DELETED")]
        status = "DRIFTED" if drifted else "IN_SYNC"
        return _said(
            "DescribeStackDriftDetectionStatus",
            f"<StackId>{self._stack(name)['StackId']}</StackId><StackDriftDetectionId>{detection}</StackDriftDetectionId>"
            f"<StackDriftStatus>{status}</StackDriftStatus><DetectionStatus>DETECTION_COMPLETE</DetectionStatus>"
            f"<DriftedStackResourceCount>{len(drifted)}</DriftedStackResourceCount><Timestamp>{_now()}</Timestamp>",
        )

    def _drifts(self, call):
        """The result of the last detection."""
        name = self._name(call)
        found = next((compared for of, compared in reversed(self.detections.values()) if of == name), [])
        wanted = {value for key, value in call.members.items() if key.startswith("StackResourceDriftStatusFilters.member.")}
        stack = self._stack(name)["StackId"]
        members = "".join(_member(stack, one) for one in found if not wanted or one["status"] in wanted)
        return _said("DescribeStackResourceDrifts", f"<StackResourceDrifts>{members}</StackResourceDrifts>")

    def _compared(self, name):
        baseline, compared = self.baselines.get(name, {}), []
        for resource in self._resources(name):
            logical, kind, physical = resource["LogicalResourceId"], resource["ResourceType"], resource.get("PhysicalResourceId", "")
            one = {"logical": logical, "kind": kind, "physical": physical, "status": "NOT_CHECKED", "differences": []}
            if logical in baseline:
                actual = read(self.clients, kind, physical)
                one["differences"] = differences(baseline[logical], actual) if actual is not None else []
                one["status"] = "DELETED" if actual is None else "MODIFIED" if one["differences"] else "IN_SYNC"
            compared.append(one)
        return compared

    # ---- change sets that revert ----

    def _create(self, call, answer):
        arn = re.search(rb"<Id>([^<]+)</Id>", answer.body)
        if arn:
            drifted = [one for one in self._compared(self._name(call)) if one["status"] in ("MODIFIED", "DELETED")]
            names = {arn[1].decode(), call.members["ChangeSetName"]}
            self.change_sets[arn[1].decode()] = {"names": names, "stack": self._name(call), "drifted": drifted, "executed": False}
        return answer

    def _described(self, call, answer):
        ours = self._change_set(call)
        if ours is None or not ours["drifted"] or answer.status != 200:
            return answer
        body = answer.body.decode()
        empty = "<Status>FAILED</Status>" in body
        if empty:
            body = body.replace("<Status>FAILED</Status>", "<Status>CREATE_COMPLETE</Status>")
            body = re.sub(r"<StatusReason>[^<]*</StatusReason>", "", body)
            status = "EXECUTE_COMPLETE" if ours["executed"] else "AVAILABLE"
            body = re.sub(r"<ExecutionStatus>[^<]*</ExecutionStatus>", f"<ExecutionStatus>{status}</ExecutionStatus>", body)
        ours["empty"] = empty
        changes = "".join(map(_change, ours["drifted"]))
        answer.body = re.sub(r"<Changes ?/>|<Changes>", lambda _: f"<Changes>{changes}", body, count=1).encode()
        if "<Changes>" in answer.body.decode() and "</Changes>" not in answer.body.decode():
            answer.body = answer.body.replace(changes.encode(), changes.encode() + b"</Changes>", 1)
        return answer

    def _execute(self, call):
        ours = self._change_set(call)
        if ours is None or ours["executed"] or not ours["drifted"]:
            return None
        baseline = self.baselines.get(ours["stack"], {})
        for one in ours["drifted"]:
            write(self.clients, one["kind"], one["physical"], baseline[one["logical"]])
        ours["executed"] = True
        # With changes of the template, the emulator continues.
        return _said("ExecuteChangeSet", "") if ours.get("empty", True) else None

    def _change_set(self, call):
        name, stack = call.members.get("ChangeSetName"), call.members.get("StackName")
        for arn, one in reversed(self.change_sets.items()):
            if name == arn or (name in one["names"] and stack and self._name(call) == one["stack"]):
                return one
        return None

    # ---- stacks ----

    def _name(self, call):
        """The name of the stack in a call."""
        given = call.members.get("StackName")
        if given is None:
            given = self.clients("cloudformation").describe_change_set(ChangeSetName=call.members["ChangeSetName"])["StackName"]
        return given.partition(":stack/")[2].partition("/")[0] or given

    def _stack(self, name):
        return self.clients("cloudformation").describe_stacks(StackName=name)["Stacks"][0]

    def _status(self, name):
        try:
            return self._stack(name)["StackStatus"]
        except ClientError:
            return None

    def _resources(self, name):
        resources = self.clients("cloudformation").describe_stack_resources(StackName=name)["StackResources"]
        return sorted(resources, key=lambda resource: resource["LogicalResourceId"])

    def _properties(self, name):
        found = {
            one["LogicalResourceId"]: read(self.clients, one["ResourceType"], one.get("PhysicalResourceId", ""))
            for one in self._resources(name)
        }
        return {logical: properties for logical, properties in found.items() if properties is not None}


def _member(stack, one):
    pairs = "".join(
        f"<member><PropertyPath>{escape(path)}</PropertyPath><ExpectedValue>{_value(expected)}</ExpectedValue>"
        f"<ActualValue>{_value(actual)}</ActualValue><DifferenceType>{_difference(expected, actual)}</DifferenceType></member>"
        for path, expected, actual in one["differences"]
    )
    return (
        f"<member><StackId>{stack}</StackId><LogicalResourceId>{one['logical']}</LogicalResourceId>"
        f"<PhysicalResourceId>{escape(one['physical'])}</PhysicalResourceId><ResourceType>{one['kind']}</ResourceType>"
        f"<PropertyDifferences>{pairs}</PropertyDifferences>"
        f"<StackResourceDriftStatus>{one['status']}</StackResourceDriftStatus><Timestamp>{_now()}</Timestamp></member>"
    )


def _change(one):
    action = "Add" if one["status"] == "DELETED" else "Modify"
    return (
        f"<member><Type>Resource</Type><ResourceChange><Action>{action}</Action><LogicalResourceId>{one['logical']}</LogicalResourceId>"
        f"<PhysicalResourceId>{escape(one['physical'])}</PhysicalResourceId><ResourceType>{one['kind']}</ResourceType>"
        f"<Replacement>False</Replacement><ResourceDriftStatus>{one['status']}</ResourceDriftStatus><Scope/><Details/>"
        "</ResourceChange></member>"
    )


def _difference(expected, actual):
    return "ADD" if expected is None else "REMOVE" if actual is None else "NOT_EQUAL"


def _value(value):
    return escape(value if isinstance(value, str) else json.dumps(value, default=str))


def _now():
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def _said(operation, content):
    body = (
        f'<{operation}Response xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/"><{operation}Result>{content}</{operation}Result>'
        f"<ResponseMetadata><RequestId>{uuid.uuid4()}</RequestId></ResponseMetadata></{operation}Response>"
    )
    return Answer(200, {"Content-Type": "text/xml"}, body.encode())


def _refusal(code, message):
    body = f"<ErrorResponse><Error><Type>Sender</Type><Code>{code}</Code><Message>{escape(message)}</Message></Error><RequestId>1</RequestId></ErrorResponse>"
    return Answer(400, {"Content-Type": "text/xml"}, body.encode())
