"""Errors and interruptions on demand, in the format of each protocol."""

import json
import threading
from dataclasses import dataclass, field
from xml.sax.saxutils import escape

from double import Answer

STATUS = {"AccessDenied": 403, "ThrottlingException": 400, "Throttling": 400, "SlowDown": 503, "ExpiredToken": 400}
QUERY = {"cloudformation", "iam", "sts", "sns", "sqs", "monitoring"}


@dataclass
class Fault:
    """A fault of an operation's calls (`service:Operation`, `*` for any), `times` times, after `skip` calls that pass."""

    call: str
    code: str = ""
    message: str = "on demand"
    status: int | None = None
    times: int = 1
    skip: int = 0
    # Repeats an old response: the one right before the next ExecuteChangeSet is sent again `times` times after it.
    stale: bool = False
    old: Answer | None = None
    # "before" and "after": the call is held before or after it has its effect, until `let_go`; it gets no response.
    hold: str = ""
    seen: threading.Event = field(default_factory=threading.Event)
    released: threading.Event = field(default_factory=threading.Event)

    def matches(self, call):
        service, _, operation = self.call.partition(":")
        return service in ("*", call.service) and operation in ("*", call.operation)

    def is_about(self, call):
        """Returns whether there is an old response for the requested stack."""
        name = call.members.get("StackName", "").partition(":stack/")[2].partition("/")[0] or call.members.get("StackName", "")
        return self.old is not None and name.encode() in self.old.body

    def wait(self, seconds):
        """Waits until a call is held."""
        if not self.seen.wait(seconds):
            raise TimeoutError(f"no call of {self.call} within {seconds} s")

    def let_go(self):
        self.released.set()


class Faults:
    """The faults that wait for their call."""

    def __init__(self):
        self.waiting, self.lock = [], threading.Lock()

    def add(self, fault):
        with self.lock:
            self.waiting.append(fault)
        return fault

    def clear(self):
        with self.lock:
            for fault in self.waiting:
                fault.let_go()
            self.waiting = []

    def waiting_for_old_answers(self):
        with self.lock:
            return [fault for fault in self.waiting if fault.stale and fault.old is None]

    def take(self, call):
        """The fault of this call, or None."""
        with self.lock:
            for fault in self.waiting:
                if not fault.matches(call) or (fault.stale and not fault.is_about(call)):
                    continue
                if fault.skip > 0:
                    fault.skip -= 1
                    continue
                fault.times -= 1
                if fault.times <= 0:
                    self.waiting.remove(fault)
                return fault
        return None


def refusal(call, request, fault):
    """The service's response for this error."""
    status = fault.status or STATUS.get(fault.code, 400)
    if call.service == "s3":
        body = f"<Error><Code>{escape(fault.code)}</Code><Message>{escape(fault.message)}</Message><RequestId>1</RequestId></Error>"
        return Answer(status, {"Content-Type": "application/xml"}, b"" if request.method == "HEAD" else body.encode())
    if call.service in QUERY and "X-Amz-Target" not in request.headers:
        body = f"<ErrorResponse><Error><Type>Sender</Type><Code>{escape(fault.code)}</Code><Message>{escape(fault.message)}</Message></Error><RequestId>1</RequestId></ErrorResponse>"
        return Answer(status, {"Content-Type": "text/xml"}, body.encode())
    body = {"__type": fault.code, "message": fault.message, "Message": fault.message}
    return Answer(status, {"Content-Type": "application/json", "x-amzn-ErrorType": fault.code}, json.dumps(body).encode())
