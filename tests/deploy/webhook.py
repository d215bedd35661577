"""A webhook of this machine that keeps what it receives."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

# In its address, and nowhere else.
SECRET = "private-path-of-the-webhook"


class Webhook:
    """Listens on a free port until it is stopped. `statuses` are those of the next requests; after them it accepts."""

    def __init__(self):
        self.received, self.statuses, self.lock = [], [], threading.Lock()
        webhook = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                status = webhook.answer(self.path, body)
                self.send_response_only(status)
                # The product then waits as short as it may.
                self.send_header("Retry-After", "0")
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/{SECRET}"
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.02,))
        self.thread.start()

    def answer(self, path, body):
        with self.lock:
            status = self.statuses.pop(0) if self.statuses else 200
            self.received.append((status, path, json.loads(body)))
            return status

    def accepted(self):
        """Returns and clears the messages that were accepted."""
        with self.lock:
            taken, self.received = self.received, []
        return [body for status, path, body in taken if status == 200 and path == f"/{SECRET}"]

    def stop(self):
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()
