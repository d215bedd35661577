"""A double of a REST-JSON service: routed and checked by AWS's model, answered by one object per noun.

A noun's public methods are named as operations (`create_data_set`); each takes the request's members and returns the answer's.
"""

import json
import re
import threading
import uuid
from dataclasses import dataclass, field

from botocore import xform_name

from model import api, problems

# Limits the number of errors in a message; a broken definition has hundreds.
MOST_PROBLEMS = 10


# Responses of services that their models do not allow: empty lists (of tags, of permissions), and types of errors in definitions that
# the model does not list (rules.md, "Types of errors").
MORE_THAN_MODELLED = re.compile(
    r"Value '\[…\]' at '[^']*' .* greater than or equal to 1$|at '[^']*rrors\.\d+\.member\.type' .* enum value set"
)


class Refused(Exception):
    """An error response of the service."""

    def __init__(self, code, message):
        super().__init__(message)
        self.code = code


class Asked(dict):
    """A request's members, and the Region it was sent to."""

    def __init__(self, members, region):
        super().__init__(members)
        self.region = region


@dataclass
class Request:
    """An HTTP request. The Region is the one it was signed for."""

    method: str
    target: str
    headers: dict
    body: bytes = b""
    region: str = "eu-central-1"
    operation: str = ""
    # Connections to the emulators, open as long as the caller's.
    connections: object = None


@dataclass
class Answer:
    """An HTTP response."""

    status: int
    headers: dict = field(default_factory=dict)
    body: bytes = b""


class Double:
    """A service."""

    def __init__(self, service, nouns, switches=None):
        self.api, self.lock = api(service), threading.Lock()
        # Settings for tests and the control address.
        self.switches = switches
        names = {xform_name(name): name for name in self.api.model.operation_names}
        self.operations = {names[method]: getattr(noun, method) for noun in nouns for method in dir(noun) if method in names}

    def answer(self, request):
        try:
            with self.lock:
                return self._answer(request)
        except Refused as refused:
            return self.refusal(refused.code, str(refused))

    def _answer(self, request):
        try:
            understood = self.api.request(request.method, request.target, request.headers, request.body)
        except ValueError as error:
            raise Refused("SerializationException", str(error)) from error
        if understood is None:
            raise Refused("UnknownOperationException", f"{request.method} {request.target}")
        operation, members = understood
        found = problems(members, operation.input_shape) if operation.input_shape else []
        if found:
            count = f"{len(found)} validation error{'s' if len(found) > 1 else ''} detected: "
            raise Refused("ValidationException", count + "; ".join(found[:MOST_PROBLEMS]))
        handler = self.operations.get(operation.name)
        if handler is None:
            raise Refused("UnknownOperationException", f"the double does not know {operation.name}")
        said = handler(Asked(members, request.region)) or {}
        shape = operation.output_shape
        status = 200
        if shape and shape.members.get("Status") is not None and shape.members["Status"].serialization.get("location") == "statusCode":
            status = said.pop("Status", 200)
        if shape and "RequestId" in shape.members:
            said["RequestId"] = str(uuid.uuid4())
        ours = [problem for problem in problems(said, shape) if not MORE_THAN_MODELLED.search(problem)] if shape else []
        if ours:
            raise AssertionError(f"the double's own answer to {operation.name}: {'; '.join(ours[:MOST_PROBLEMS])}")
        return Answer(status, {"Content-Type": "application/json"}, json.dumps(said).encode())

    def refusal(self, code, message):
        body = {"Message": message, "RequestId": str(uuid.uuid4())}
        headers = {"Content-Type": "application/json", "x-amzn-ErrorType": code}
        return Answer(self.api.error_status(code), headers, json.dumps(body).encode())


def page(items, asked, key):
    """One page of a list, and the token of the next."""
    size = asked.get("MaxResults", 100)
    token = asked.get("NextToken")
    if token is not None and not token.isdigit():
        raise Refused("InvalidNextTokenException", f"The NextToken value {token!r} isn't valid.")
    start = int(token or 0)
    answer = {key: items[start : start + size]}
    if start + size < len(items):
        answer["NextToken"] = str(start + size)
    return answer
