"""Refuses requests that the emulator accepts and AWS does not, adds drift of stacks for types that the emulator does not compare, and writes
a number of a function as a number."""

import re
from urllib.parse import parse_qs

from calls import call_of
from double import Answer
from drift import Drift
from faults import Fault, refusal

NAMED_ROLE = re.compile(r"^\s+RoleName:", re.MULTILINE)
# The emulator keeps the value of a parameter of a template as a text, where AWS has a number.
SIZE_AS_TEXT = re.compile(rb'("EphemeralStorage":\s*\{"Size":\s*)"(\d+)"')
CHANGES_STACK = ("CreateStack", "UpdateStack", "CreateChangeSet")


class Corrected:
    """The emulator with its corrections."""

    def __init__(self, address):
        self.address, self.drift = address, Drift(address)

    def answer(self, request):
        call = call_of(request)
        refused = self._refusal(call, request) or self.drift.answer(call, request, self.pass_on)
        if refused:
            return refused
        # Find the stack before the change: its change set may not exist afterwards.
        if call.operation in ("ExecuteChangeSet", "CreateStack", "UpdateStack", "DeleteStack"):
            self.drift.seen(call)
            return self.pass_on(request)
        answer = self.pass_on(request)
        self.drift.seen(call)
        if call.service == "lambda":
            answer.body = SIZE_AS_TEXT.sub(rb"\1\2", answer.body)
        return answer

    def pass_on(self, request):
        return request.connections.pass_on(self.address, request)

    def _refusal(self, call, request) -> Answer | None:
        if call.service == "cloudformation" and call.operation in CHANGES_STACK:
            form = parse_qs(request.body.decode())
            given = {value for name, values in form.items() if name.startswith("Capabilities.member.") for value in values}
            template = form.get("TemplateBody", [""])[0]
            if "AWS::IAM::" in template:
                needed = "CAPABILITY_NAMED_IAM" if NAMED_ROLE.search(template) else "CAPABILITY_IAM"
                if not given & {needed, "CAPABILITY_NAMED_IAM"}:
                    return refusal(
                        call, request, Fault(call.name, "InsufficientCapabilitiesException", f"Requires capabilities : [{needed}]")
                    )
        return None
