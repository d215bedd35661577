"""The single address for all calls: reads the service from the signature, logs the call, and forwards it.

`/_control/calls` (GET, DELETE) is the log, `/_control/faults` (POST, DELETE) the faults: see `faults.Fault` for the members.
`/_control/switches` (GET, POST) is the doubles' behaviour, by service: see `quicksight.Switches` and `bucket_owners.BucketOwners`.
`/_control/policy` (POST, DELETE) is the policy document that calls are checked against: see `policy_enforcement.PolicyEnforcement`.
"""

import http.client
import json
import sys
import threading
import traceback
from dataclasses import asdict
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

# Requests are forwarded as in tests/aws.
sys.path.append(str(Path(__file__).resolve().parents[1] / "aws"))

from bucket_owners import BucketOwners
from calls import call_of
from double import Answer, Request
from faults import Fault, Faults, refusal
from passing import HOP_BY_HOP, body_of
from policy_enforcement import PolicyEnforcement
from stale import keep_old_answers


class Front:
    """Listens on a free port, or on the given one. `backends` are doubles or `host:port`, by the service's name in signatures; `*` is for all others."""

    def __init__(self, backends, port=0):
        self.backends, self.faults = backends, Faults()
        self.bucket_owners, self.policy = BucketOwners(), None
        self.calls, self.lock = [], threading.Lock()
        self.server = _Server(("127.0.0.1", port), _handler(self))
        self.endpoint = f"http://127.0.0.1:{self.server.server_address[1]}"
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.02,))
        self.thread.start()

    def fail(self, call, code, message="on demand", **more):
        """Adds a fault to an operation's calls."""
        return self.faults.add(Fault(call, code, message, **more))

    def stale(self, times=1, call="cloudformation:DescribeStacks"):
        """Repeats CloudFormation's response before the next ExecuteChangeSet, as its reads are eventually consistent."""
        return self.faults.add(Fault(call, stale=True, times=times))

    def enforce(self, document, **more):
        """Refuses calls that a policy does not allow, until `allow_all`."""
        self.policy = PolicyEnforcement(document, **more)
        return self.policy

    def allow_all(self):
        self.policy = None

    def switches(self):
        """The switches, by service."""
        found = {name: backend.switches for name, backend in self.backends.items() if getattr(backend, "switches", None)}
        return found | {"s3": self.bucket_owners}

    def hold(self, call, when="before", **more):
        """Holds a call without a response."""
        return self.faults.add(Fault(call, hold=when, **more))

    def taken(self):
        """Returns and clears the log."""
        with self.lock:
            taken, self.calls = self.calls, []
            return taken

    def answer(self, request):
        """The response, or None for no response."""
        if request.target.startswith("/_control/"):
            return self._controlled(request)
        call = call_of(request)
        request.region = call.region or request.region
        request.operation = call.operation
        with self.lock:
            self.calls.append(call)
        fault = self.faults.take(call)
        if fault and fault.hold == "before":
            return self._held(fault)
        refused = self._refused(call, request)
        if fault and fault.stale:
            answer = fault.old
        elif refused or (fault and not fault.hold):
            answer = refusal(call, request, refused or fault)
        else:
            keep_old_answers(self.faults, call, request, self._asked)
            answer = self._asked(call, request)
        if fault and fault.hold == "after":
            return self._held(fault)
        call.status = answer.status
        if answer.status >= 400:
            call.error = answer.headers.get("x-amzn-ErrorType", "") or _code(answer.body)
        return answer

    def stop(self):
        self.faults.clear()
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()

    def _refused(self, call, request):
        """Refused by the policy in force, or because another account owns the bucket."""
        refused = self.policy.refusal(call, request) if self.policy else None
        return refused or (self.bucket_owners.refusal(call, request) if call.service == "s3" else None)

    def _asked(self, call, request):
        backend = self.backends.get(call.service, self.backends["*"])
        if not hasattr(backend, "answer"):
            return self.bucket_owners.only_own(call, request.connections.pass_on(backend, request))
        try:
            return self.bucket_owners.only_own(call, backend.answer(request))
        except Exception:  # A bug of a double: visible to the caller and in the log.
            said = traceback.format_exc()
            print(f"{call.name}: {said}", file=sys.stderr)
            return Answer(500, {"x-amzn-ErrorType": "InternalFailure"}, json.dumps({"message": said}).encode())

    def _switch(self, wanted):
        """Sets switches (`{"quicksight": {"spice_gigabytes": 0}}`) , all or none. Returns the current values, or None."""
        there = self.switches()
        for service, values in wanted.items():
            known = asdict(there[service]) if service in there else {}
            if any(name not in known or type(value) is not type(known[name]) for name, value in values.items()):
                return None
        for service, values in wanted.items():
            for name, value in values.items():
                setattr(there[service], name, value)
        return {name: asdict(switches) for name, switches in there.items()}

    @staticmethod
    def _held(fault):
        fault.seen.set()
        fault.released.wait()

    def _controlled(self, request):
        match request.method, request.target:
            case "GET", "/_control/calls":
                with self.lock:
                    said = [call.shown() for call in self.calls]
            case "DELETE", "/_control/calls":
                said = [call.shown() for call in self.taken()]
            case "POST", "/_control/faults":
                self.faults.add(Fault(**json.loads(request.body)))
                said = {}
            case "DELETE", "/_control/faults":
                self.faults.clear()
                said = {}
            case "GET", "/_control/switches":
                said = {name: asdict(switches) for name, switches in self.switches().items()}
            case "POST", "/_control/switches":
                said = self._switch(json.loads(request.body))
            case "POST", "/_control/policy":
                self.enforce(**json.loads(request.body))
                said = {}
            case "DELETE", "/_control/policy":
                self.allow_all()
                said = {}
            case _:
                return Answer(404)
        if said is None:
            return Answer(400, {"Content-Type": "application/json"}, b'{"message": "no such switch, or a value of another type"}')
        return Answer(200, {"Content-Type": "application/json"}, json.dumps(said).encode())


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128


class Connections:
    """Connections to the backends, open as long as the caller's."""

    def __init__(self):
        self.open = {}

    def pass_on(self, address, request):
        if address not in self.open:
            self.open[address] = http.client.HTTPConnection(address, timeout=1800)
        backend = self.open[address]
        headers = {name: value for name, value in request.headers.items() if name.lower() not in HOP_BY_HOP | {"expect", "content-length"}}
        try:
            backend.request(request.method, request.target, body=request.body, headers=headers)
            answer = backend.getresponse()
        except (http.client.RemoteDisconnected, ConnectionError):
            # An idle connection may have been closed at the other end.
            backend.close()
            backend.request(request.method, request.target, body=request.body, headers=headers)
            answer = backend.getresponse()
        content = answer.read()
        kept = {name: value for name, value in answer.getheaders() if name.lower() not in HOP_BY_HOP}
        return Answer(answer.status, kept, content)

    def close(self):
        for backend in self.open.values():
            backend.close()


def _handler(front):
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        # Avoids the delay between headers and body.
        disable_nagle_algorithm = True

        def setup(self):
            super().setup()
            self.connections = Connections()

        def finish(self):
            self.connections.close()
            super().finish()

        def answered(self):
            answer = front.answer(Request(self.command, self.path, self.headers, body_of(self), connections=self.connections))
            if answer is None:
                self.close_connection = True
                return
            self.send_response_only(answer.status)
            length = str(len(answer.body))
            for name, value in answer.headers.items():
                if name.lower() != "content-length":
                    self.send_header(name, value)
                elif self.command == "HEAD":
                    length = value
            if answer.status not in (204, 304):
                self.send_header("Content-Length", length)
            self.end_headers()
            self.wfile.write(answer.body)

        do_GET = do_PUT = do_POST = do_HEAD = do_DELETE = do_PATCH = answered

        def handle_one_request(self):
            # A killed caller is not an error.
            try:
                super().handle_one_request()
            except (ConnectionError, BrokenPipeError):
                self.close_connection = True

        def log_message(self, *_):
            pass

    return Handler


def _code(body):
    try:
        return str(json.loads(body).get("__type", ""))
    except (ValueError, AttributeError):
        start, _, rest = body.partition(b"<Code>")
        return rest.partition(b"</Code>")[0].decode() if rest else ""
