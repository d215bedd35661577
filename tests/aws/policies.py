"""Every statement of every policy in a template, and which wildcards it holds."""

import sys
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "cfn"))


@dataclass(frozen=True)
class Statement:
    """One statement of a policy, its lists in the order they are written."""

    resource: str
    sid: str
    effect: str
    principals: tuple
    actions: tuple
    resources: tuple
    conditions: tuple

    @property
    def name(self):
        return f"{self.resource}.{self.sid}"

    def wildcards(self):
        """The wildcards of a statement: (part, text) for each principal, action and resource with a wildcard."""
        found = set()
        for part in ("principals", "actions", "resources"):
            found |= {(part, text) for text in getattr(self, part) if "*" in text or "?" in text}
        return found


def statements(resources):
    """All statements of the resolved resources, in all properties whose name ends in `PolicyDocument` or `KeyPolicy`."""
    found = []
    for name, resource in resources.items():
        for document in documents(resource.get("Properties", {})):
            for number, statement in enumerate(listed(document["Statement"])):
                found.append(read(name, number, statement))
    return found


def documents(node):
    if isinstance(node, dict):
        for key, value in node.items():
            if key.endswith(("PolicyDocument", "KeyPolicy")):
                yield value
            else:
                yield from documents(value)
    elif isinstance(node, list):
        for value in node:
            yield from documents(value)


def read(resource, number, statement):
    unknown = set(statement) - {"Sid", "Effect", "Principal", "Action", "Resource", "Condition"}
    if unknown:
        # NotAction, NotResource and NotPrincipal grant unlisted permissions.
        raise ValueError(f"{resource}: a statement must not use {sorted(unknown)}")
    return Statement(
        resource,
        statement.get("Sid", f"statement{number}"),
        statement["Effect"],
        tuple(principals(statement.get("Principal", []))),
        tuple(listed(statement["Action"])),
        tuple(listed(statement.get("Resource", []))),
        tuple(conditions(statement.get("Condition", {}))),
    )


def principals(principal):
    if isinstance(principal, dict):
        return [f"{kind}:{value}" for kind, values in principal.items() for value in listed(values)]
    return listed(principal)


def conditions(condition):
    return [
        f"{operator} {key} {value}"
        for operator, keys in sorted(condition.items())
        for key, values in sorted(keys.items())
        for value in listed(values)
    ]


def listed(value):
    return value if isinstance(value, list) else [value]
