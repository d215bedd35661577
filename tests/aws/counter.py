"""A proxy between a function and the emulator that counts the requests to S3 by kind."""

import http.client
import threading
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from passing import HOP_BY_HOP, body_of


def kind_of(method, target):
    """The operation that S3 bills a request as."""
    parts = urlsplit(target)
    query = parse_qs(parts.query, keep_blank_values=True)
    names_object = "/" in parts.path.strip("/")
    match method:
        case "GET" if "list-type" in query:
            return "list"
        case "GET" | "HEAD" if names_object:
            return method.lower()
        case "PUT" if "partNumber" in query:
            return "upload_part"
        case "POST" if "uploads" in query:
            return "begin_upload"
        case "POST" if "uploadId" in query:
            return "complete_upload"
        case "PUT" if names_object:
            return "put"
        case "DELETE" if "uploadId" in query:
            return "abort_upload"
    return f"{method} {target}"


class RequestCounter:
    """Listens on a free port until it is stopped."""

    def __init__(self, backend_port):
        self.requests = Counter()
        # All requests, as (kind, target).
        self.seen = set()
        self.lock = threading.Lock()
        counter = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            # Avoids the delay between headers and body.
            disable_nagle_algorithm = True

            def setup(self):
                super().setup()
                self.backend = http.client.HTTPConnection("127.0.0.1", backend_port, timeout=600)

            def finish(self):
                self.backend.close()
                super().finish()

            def pass_on(self):
                body = body_of(self) or None
                headers = {name: value for name, value in self.headers.items() if name.lower() not in HOP_BY_HOP}
                self.backend.request(self.command, self.path, body=body, headers=headers)
                answer = self.backend.getresponse()
                content = answer.read()
                counter.count(self.command, self.path)
                self.send_response_only(answer.status, answer.reason)
                for name, value in answer.getheaders():
                    if name.lower() not in HOP_BY_HOP | {"content-length"}:
                        self.send_header(name, value)
                length = answer.getheader("content-length") if self.command == "HEAD" else len(content)
                self.send_header("Content-Length", str(length or 0))
                self.end_headers()
                self.wfile.write(content)

            do_GET = do_PUT = do_POST = do_HEAD = do_DELETE = pass_on

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.endpoint = f"http://127.0.0.1:{self.server.server_address[1]}"
        self.thread = threading.Thread(target=self.server.serve_forever)
        self.thread.start()

    def count(self, method, target):
        kind = kind_of(method, target)
        with self.lock:
            self.requests[kind] += 1
            self.seen.add((kind, target))

    def take(self):
        """The counts since the last call."""
        with self.lock:
            taken, self.requests = dict(self.requests), Counter()
            return taken

    def stop(self):
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()
