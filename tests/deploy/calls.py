"""Maps an HTTP request to a call of a service, and to whether it changes anything."""

import json
import re
from dataclasses import dataclass, field
from urllib.parse import parse_qsl

from model import api

SCOPE = re.compile(r"Credential=(?P<key>[^/]+)/\d{8}/(?P<region>[^/]+)/(?P<service>[^/]+)/aws4_request")
READS = ("Get", "List", "Describe", "Search", "BatchGet", "Simulate", "Validate", "Head", "Estimate", "Filter")
# Queries that read.
READING_SQL = re.compile(r"\s*(--[^\n]*\n\s*|/\*.*?\*/\s*)*(select|show|describe|explain|with|values)\b", re.IGNORECASE | re.DOTALL)
REST = {"s3", "lambda", "scheduler", "quicksight", "lakeformation"}


@dataclass
class Call:
    """One call: its request and its response."""

    service: str
    operation: str
    region: str
    # From JSON and form bodies; for REST services also from the path.
    members: dict = field(default_factory=dict)
    status: int = 0
    error: str = ""

    @property
    def name(self):
        return f"{self.service}:{self.operation}"

    @property
    def mutating(self):
        if self.operation == "StartQueryExecution":
            return not READING_SQL.match(self.members.get("QueryString", ""))
        return not self.operation.startswith(READS)

    def shown(self):
        return {
            "call": self.name,
            "mutating": self.mutating,
            "region": self.region,
            "status": self.status,
            "error": self.error,
            "members": self.members,
        }


def call_of(request):
    """The call of a request; None if it is not signed for a service."""
    scope = SCOPE.search(request.headers.get("Authorization", ""))
    if scope is None:
        return Call("unsigned", f"{request.method} {request.target.partition('?')[0]}", "")
    service, region = scope["service"], scope["region"]
    target = request.headers.get("X-Amz-Target", "")
    if target:
        return Call(service, target.rpartition(".")[2], region, _json(request.body))
    path = re.match(r"/service/[^/]+/operation/(\w+)", request.target)
    if path:
        return Call(service, path[1], region)
    if service in REST:
        routed = api(service).route(request.method, request.target, request.headers)
        if routed is None:
            return Call(service, f"{request.method} {request.target}", region)
        operation, members, query = routed
        body = {} if service == "s3" or operation.name == "Invoke" else _json(request.body)
        return Call(service, operation.name, region, body | members | dict(query))
    form = dict(parse_qsl(request.body.decode("utf-8", "replace"), keep_blank_values=True))
    return Call(service, form.pop("Action", f"{request.method} {request.target}"), region, form)


def _json(body):
    try:
        members = json.loads(body or b"{}")
    except ValueError:
        return {}
    return members if isinstance(members, dict) else {}
