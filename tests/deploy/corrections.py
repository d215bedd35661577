"""What the emulator lets pass and AWS does not, refused before it gets there."""

import re
from urllib.parse import parse_qs

from calls import call_of
from double import Answer
from faults import Fault, refusal

NAMED_ROLE = re.compile(r"^\s+RoleName:", re.MULTILINE)


class Corrected:
    """The emulator behind its corrections."""

    def __init__(self, address):
        self.address = address

    def answer(self, request):
        return self._refusal(request) or self.pass_on(request)

    def pass_on(self, request):
        return request.connections.pass_on(self.address, request)

    def _refusal(self, request) -> Answer | None:
        call = call_of(request)
        if call.service == "cloudformation" and call.operation in ("CreateStack", "UpdateStack", "CreateChangeSet"):
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
