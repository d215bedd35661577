"""The time from the function's start to its request for the first event: AWS's initialisation."""

import os
import subprocess
import time
from http.server import BaseHTTPRequestHandler, HTTPServer

RUNS = 7


def initialisation_milliseconds(binary, environment):
    """The median of a few starts. The binary's first request gets an empty response, and the process is ended."""
    return sorted(_start(binary, environment) for _ in range(RUNS))[RUNS // 2]


def _start(binary, environment):
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            self.server.asked = (self.path, time.perf_counter())
            self.send_response(500)
            self.end_headers()

        do_POST = do_GET

        def log_message(self, *_):
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        server.asked = None
        runtime = {
            "AWS_LAMBDA_RUNTIME_API": f"127.0.0.1:{server.server_address[1]}",
            "AWS_LAMBDA_FUNCTION_NAME": "normalize-report",
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "256",
            "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
            "AWS_REGION": "eu-central-1",
            "AWS_ACCESS_KEY_ID": "example",
            "AWS_SECRET_ACCESS_KEY": "example",
        }
        bare = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
        began = time.perf_counter()
        process = subprocess.Popen([binary], env=bare | runtime | environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            server.timeout = 60
            server.handle_request()
        finally:
            process.kill()
            process.wait()
        if server.asked is None:
            raise RuntimeError(f"`{binary}` asked for no event")
        path, at = server.asked
        if not path.endswith("/runtime/invocation/next"):
            raise RuntimeError(f"`{binary}` asked for `{path}` before its first event")
        return (at - began) * 1000
