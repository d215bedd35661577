"""The deployer's policy, as `kiro-analytics permissions` prints it, and the calls that it does not cover."""

import json
import subprocess
from fnmatch import fnmatchcase

from actions import FREE, action_of, resource_of


class DeployerPolicy:
    """The statements for one deployment."""

    def __init__(self, printed):
        self.statements, self.documents = printed["statements"], printed["documents"]

    @classmethod
    def printed_by(cls, binary, folder, *arguments):
        """The command's output in a folder."""
        command = [str(binary), "permissions", "--output", "json", *arguments]
        return cls(json.loads(subprocess.run(command, cwd=folder, env={}, check=True, capture_output=True, text=True).stdout))

    @property
    def actions(self):
        return {action for statement in self.statements for action in statement["actions"]}

    def covers(self, call):
        """Returns whether the policy allows a call, by its action and, if the request names one, its resource."""
        if call.name in FREE or call.service == "unsigned":
            return True
        action = action_of(call)
        resource = resource_of(call, action)
        return any(
            resource is None or any(_matches(one["pattern"], resource) for one in statement["resources"])
            for statement in self.statements
            if action in statement["actions"]
        )


def uncovered(calls, policies):
    """The calls that no policy covers: action and resource."""
    found = set()
    for call in calls:
        if not any(policy.covers(call) for policy in policies):
            action = action_of(call)
            found.add(f"{action} on {resource_of(call, action) or 'any resource'}")
    return sorted(found)


def _matches(pattern, resource):
    """Returns whether a resource matches an ARN's last part. A role is named without its path."""
    tail = pattern if pattern == "*" else pattern.split(":", 5)[5]
    if tail.startswith("role/"):
        tail = "role/" + tail.rpartition("/")[2]
    return fnmatchcase(resource, tail)
