"""Checks a request against AWS's model of a service (botocore's): finds its operation and everything that the model does not allow.

botocore does not check enums, maxima and patterns before it sends a request; the model contains them, and the service checks them.
"""

import json
import re
from dataclasses import dataclass
from functools import cache, cached_property
from urllib.parse import parse_qsl, unquote

import botocore.session

# The sentence in the model's documentation of a structure with exactly one member, where the trait is missing.
ONE_OF = re.compile(r"(variant|union) type structure")


@dataclass(frozen=True)
class Route:
    """One operation's method, path and the query it needs."""

    operation: object
    method: str
    path: re.Pattern
    query: dict
    needed: frozenset
    needed_headers: frozenset
    weight: int


@cache
def api(service):
    return Api(service)


class Api:
    """A service's model."""

    def __init__(self, service):
        self.model = botocore.session.get_session().get_service_model(service)

    @cached_property
    def routes(self):
        return sorted(map(self._route, self.model.operation_names), key=lambda route: -route.weight)

    def operation(self, name):
        return self.model.operation_model(name)

    def _route(self, name):
        operation = self.operation(name)
        target, _, query = operation.http["requestUri"].partition("?")
        query = dict(parse_qsl(query, keep_blank_values=True))
        members = operation.input_shape.members if operation.input_shape else {}
        required = operation.input_shape.required_members if operation.input_shape else ()
        located = {"querystring": set(), "header": set()}
        for member in required:
            serialization = members[member].serialization
            if serialization.get("location") in located:
                located[serialization["location"]].add(
                    serialization["name"].lower() if serialization["location"] == "header" else serialization["name"]
                )
        literal = re.sub(r"\{[^}]*\}", "", target)
        pattern = re.sub(
            r"\\\{(\w+)(\\\+)?\\\}", lambda match: f"(?P<{match[1]}>{'.+' if match[2] else '[^/]+'})", re.escape(target.rstrip("/") or "/")
        )
        weight = 10 * len(literal) + 5 * (len(query) + len(located["querystring"]) + len(located["header"])) - operation.deprecated
        return Route(
            operation,
            operation.http["method"],
            re.compile(f"^{pattern}/?$"),
            query,
            frozenset(located["querystring"]),
            frozenset(located["header"]),
            weight,
        )

    def route(self, method, target, headers):
        """The operation of a REST request and the members in its path and query, or None."""
        path, _, query = target.partition("?")
        asked = parse_qsl(query, keep_blank_values=True)
        words = dict(asked)
        present = {name.lower() for name in headers}
        for route in self.routes:
            match = route.path.match(path) if route.method == method else None
            if match is None or not route.needed <= words.keys() or not route.needed_headers <= present:
                continue
            if all(words.get(name) == value if value else name in words for name, value in route.query.items()):
                return route.operation, {name: unquote(value) for name, value in match.groupdict().items()}, asked
        return None

    def request(self, method, target, headers, body):
        """The operation of a REST-JSON request and its members, or None. Raises ValueError for a body that is not JSON."""
        routed = self.route(method, target, headers)
        if routed is None:
            return None
        operation, path, query = routed
        members = json.loads(body) if body else {}
        if not isinstance(members, dict):
            raise ValueError("the body is not an object")
        for name, shape in (operation.input_shape.members if operation.input_shape else {}).items():
            location, sent = shape.serialization.get("location"), shape.serialization.get("name", name)
            if location == "uri" and sent in path:
                members[name] = _converted(path[sent], shape)
            elif location == "querystring":
                values = [value for key, value in query if key == sent]
                if values:
                    members[name] = values if shape.type_name == "list" else _converted(values[-1], shape)
            elif location == "header" and sent in headers:
                members[name] = headers[sent]
        return operation, members

    def error_status(self, code):
        """The HTTP status of an error of this service; 400 for errors that are common to all services."""
        shape = self.model._shape_resolver._shape_map.get(code, {})
        return shape.get("error", {}).get("httpStatusCode", 400)


def _converted(text, shape):
    match shape.type_name:
        case "integer" | "long":
            return int(text) if re.fullmatch(r"-?\d+", text) else text
        case "boolean":
            return {"true": True, "false": False}.get(text, text)
    return text


def problems(value, shape):
    """The errors of a value, in the service's words."""
    return list(_problems(value, shape, ""))


def _problems(value, shape, path):
    kind = shape.type_name
    if kind == "structure":
        yield from _of_structure(value, shape, path)
    elif kind == "list":
        if not isinstance(value, list):
            yield _wrong_type(value, path, "a list")
            return
        yield from _limits(value, len(value), shape, path, "length")
        for number, item in enumerate(value, 1):
            yield from _problems(item, shape.member, f"{path}.{number}.member")
    elif kind == "map":
        if not isinstance(value, dict):
            yield _wrong_type(value, path, "a map")
            return
        yield from _limits(value, len(value), shape, path, "length")
        for key, item in value.items():
            inner = [problem.split("constraint: ", 1)[-1] for problem in _problems(key, shape.key, path)]
            if inner:
                yield f"Value '{key}' at '{path}' failed to satisfy constraint: Map keys must satisfy constraint: [{', '.join(inner)}]"
            yield from _problems(item, shape.value, f"{path}.{key}.member")
    else:
        yield from _of_scalar(value, shape, path)


def _of_structure(value, shape, path):
    if not isinstance(value, dict):
        yield _wrong_type(value, path, "a structure")
        return
    if shape.metadata.get("document") or getattr(shape, "is_document_type", False):
        return
    for member in shape.required_members:
        if value.get(member) is None:
            yield f"Value null at '{_below(path, member)}' failed to satisfy constraint: Member must not be null"
    present = {name: item for name, item in value.items() if item is not None}
    if _is_one_of(shape) and len(present) != 1:
        yield f"Value at '{path}' failed to satisfy constraint: Exactly one member must be set, found [{', '.join(present)}]"
    for name, item in present.items():
        if name in shape.members:
            yield from _problems(item, shape.members[name], _below(path, name))
        else:
            # The service ignores such a member silently, which would be a bug of the product.
            yield f"Value at '{_below(path, name)}' failed to satisfy constraint: Member is unknown"


def _of_scalar(value, shape, path):
    kind = shape.type_name
    if kind in ("integer", "long", "double", "float", "timestamp"):
        whole = kind in ("integer", "long")
        if isinstance(value, bool) or not isinstance(value, int if whole else (int, float)):
            yield _wrong_type(value, path, "a whole number" if whole else "a number")
        elif kind != "timestamp":
            yield from _limits(value, value, shape, path, "value")
    elif kind == "boolean":
        if not isinstance(value, bool):
            yield _wrong_type(value, path, "a boolean")
    elif not isinstance(value, str):
        yield _wrong_type(value, path, "a string")
    elif kind == "string":
        yield from _limits(value, len(value), shape, path, "length")
        pattern = _pattern(shape.metadata.get("pattern"))
        if pattern and not pattern.fullmatch(value):
            yield f"Value '{value}' at '{path}' failed to satisfy constraint: Member must satisfy regular expression pattern: {shape.metadata['pattern']}"
        if shape.enum and value not in shape.enum:
            yield f"Value '{value}' at '{path}' failed to satisfy constraint: Member must satisfy enum value set: [{', '.join(shape.enum)}]"


def _limits(value, size, shape, path, what):
    low, high = shape.metadata.get("min"), shape.metadata.get("max")
    shown = value if isinstance(value, str | int | float) else "[…]"
    of = "value" if what == "value" else "length"
    if low is not None and size < float(low):
        yield f"Value '{shown}' at '{path}' failed to satisfy constraint: Member must have {of} greater than or equal to {low}"
    if high is not None and size > float(high):
        yield f"Value '{shown}' at '{path}' failed to satisfy constraint: Member must have {of} less than or equal to {high}"


def _wrong_type(value, path, wanted):
    return f"Value '{value}' at '{path}' failed to satisfy constraint: Member must be {wanted}"


def _below(path, member):
    member = member[:1].lower() + member[1:]
    return f"{path}.{member}" if path else member


def _is_one_of(shape):
    return getattr(shape, "is_tagged_union", False) or bool(ONE_OF.search(shape.documentation or ""))


@cache
def _pattern(text):
    """The pattern, or None for the few with Java-only syntax (character classes of Unicode)."""
    try:
        return re.compile(text) if text else None
    except re.error:
        return None
