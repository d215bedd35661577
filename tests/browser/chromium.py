"""Drives a headless Chromium and its tabs over the DevTools protocol, with the standard library only.

A tab remembers every console error, every uncaught exception and every address it was asked to load.
"""

import base64
import http.client
import json
import os
import shutil
import socket
import struct
import subprocess
import tempfile
import time
import urllib.parse
from pathlib import Path

FLAGS = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-extensions",
    "--disable-dev-shm-usage",
    "--force-color-profile=srgb",
    "--hide-scrollbars",
    "--lang=en-US",
    "--disable-background-timer-throttling",
    "--disable-backgrounding-occluded-windows",
    "--disable-renderer-backgrounding",
]

# Generous, because machines under load are slow.
TIMEOUT_S = 300
POLL_INTERVAL_S = 0.02


class BrowserError(Exception):
    """An error of the page, the browser, or the connection to it."""


class WebSocket:
    """The part of RFC 6455 that text messages to and from a local browser need."""

    def __init__(self, url):
        parts = urllib.parse.urlparse(url)
        self.socket = socket.create_connection((parts.hostname, parts.port), timeout=TIMEOUT_S)
        key = base64.b64encode(os.urandom(16)).decode()
        self.socket.sendall(
            f"GET {parts.path} HTTP/1.1\r\nHost: {parts.netloc}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n".encode()
        )
        self.buffer = b""
        while b"\r\n\r\n" not in self.buffer:
            self.buffer += self.socket.recv(4096)
        head, self.buffer = self.buffer.split(b"\r\n\r\n", 1)
        if b" 101 " not in head.split(b"\r\n")[0]:
            raise BrowserError(f"no websocket: {head!r}")

    def send(self, text):
        payload = text.encode()
        mask = os.urandom(4)
        length = len(payload)
        if length < 126:
            head = struct.pack("!BB", 0x81, 0x80 | length)
        elif length < 65536:
            head = struct.pack("!BBH", 0x81, 0x80 | 126, length)
        else:
            head = struct.pack("!BBQ", 0x81, 0x80 | 127, length)
        pad = mask * (length // 4 + 1)
        masked = (int.from_bytes(payload, "big") ^ int.from_bytes(pad[:length], "big")).to_bytes(length, "big")
        self.socket.sendall(head + mask + masked)

    def read(self, count):
        while len(self.buffer) < count:
            piece = self.socket.recv(1 << 16)
            if not piece:
                raise BrowserError("the browser closed the connection")
            self.buffer += piece
        data, self.buffer = self.buffer[:count], self.buffer[count:]
        return data

    def receive(self, timeout):
        self.socket.settimeout(timeout)
        message = b""
        while True:
            first, second = self.read(2)
            length = second & 0x7F
            if length == 126:
                (length,) = struct.unpack("!H", self.read(2))
            elif length == 127:
                (length,) = struct.unpack("!Q", self.read(8))
            payload = self.read(length)
            opcode = first & 0x0F
            if opcode == 8:
                raise BrowserError("the browser closed the connection")
            if opcode in (0, 1):
                message += payload
                if first & 0x80:
                    return message.decode()

    def close(self):
        self.socket.close()


class Browser:
    """A headless Chromium with its own profile. Use as a context manager."""

    def __init__(self, *flags):
        self.profile = tempfile.mkdtemp(prefix="kiro-browser-")
        program = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
        if not program:
            raise BrowserError("no chromium found: install the Debian package `chromium`, or set CHROMIUM")
        self.process = subprocess.Popen(
            [program, *FLAGS, *flags, "--remote-debugging-port=0", f"--user-data-dir={self.profile}", "about:blank"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        port_file = Path(self.profile, "DevToolsActivePort")
        deadline = time.monotonic() + TIMEOUT_S
        while not port_file.exists() or not port_file.read_text().strip():
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise BrowserError("chromium did not start")
            time.sleep(POLL_INTERVAL_S)
        self.port = int(port_file.read_text().split()[0])

    def tab(self, width=1440, height=900, **settings):
        """Opens a tab. Settings: `dark`, `phone`, `languages`, `reduced_motion`."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=TIMEOUT_S)
        connection.request("PUT", "/json/new?about:blank")
        target = json.loads(connection.getresponse().read())
        return Tab(target["webSocketDebuggerUrl"], width, height, **settings)

    def close(self):
        self.process.terminate()
        try:
            self.process.wait(TIMEOUT_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        shutil.rmtree(self.profile, ignore_errors=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


class Tab:
    """A tab of the browser."""

    def __init__(self, url, width, height, *, dark=False, phone=False, languages="en-US", reduced_motion=True):
        self.socket = WebSocket(url)
        self.last_id = 0
        self.errors = []
        self.requests = []
        self.finished = {}
        self.downloads = {}
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(f"{domain}.enable")
        self.call(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=phone,
        )
        if phone:
            self.call("Emulation.setTouchEmulationEnabled", enabled=True)
        self.call("Network.setUserAgentOverride", userAgent="Mozilla/5.0 (kiro tests) Chrome", acceptLanguage=languages)
        self.media(dark=dark, reduced_motion=reduced_motion)

    def media(self, *, dark=False, reduced_motion=True):
        self.call("Emulation.setEmulatedMedia", features=[
            {"name": "prefers-color-scheme", "value": "dark" if dark else "light"},
            {"name": "prefers-reduced-motion", "value": "reduce" if reduced_motion else "no-preference"},
        ])

    def call(self, method, timeout=TIMEOUT_S, **parameters):
        self.last_id += 1
        call_id = self.last_id
        self.socket.send(json.dumps({"id": call_id, "method": method, "params": parameters}))
        while True:
            message = json.loads(self.socket.receive(timeout))
            if message.get("id") == call_id:
                if "error" in message:
                    raise BrowserError(f"{method}: {message['error']['message']}")
                return message["result"]
            self.record(message)

    def record(self, message):
        method, parameters = message.get("method"), message.get("params", {})
        if method == "Runtime.consoleAPICalled" and parameters["type"] in ("error", "warning", "assert"):
            self.errors.append(" ".join(str(a.get("value", a.get("description"))) for a in parameters["args"]))
        elif method == "Runtime.exceptionThrown":
            details = parameters["exceptionDetails"]
            self.errors.append(details.get("exception", {}).get("description") or details["text"])
        elif method == "Log.entryAdded" and parameters["entry"]["level"] in ("error", "warning"):
            self.errors.append(f"{parameters['entry']['text']} {parameters['entry'].get('url', '')}")
        elif method == "Network.requestWillBeSent":
            self.requests.append(parameters["request"]["url"])
        elif method == "Network.loadingFinished":
            self.finished[parameters["requestId"]] = parameters["encodedDataLength"]
        elif method == "Page.downloadProgress" and parameters["state"] == "completed":
            self.downloads[parameters["guid"]] = parameters

    def frame(self):
        """Waits until the page has drawn twice, so that observers and timers without delay have run."""
        # A background tab draws no frames.
        self.call("Page.bringToFront")
        self.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done))))")

    def goto(self, url):
        self.call("Page.navigate", url=url)
        self.wait("document.readyState === 'complete'")

    def evaluate(self, expression):
        answer = self.call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in answer:
            raise BrowserError(f"{expression}: {answer['exceptionDetails'].get('exception', {}).get('description')}")
        return answer["result"].get("value")

    def wait(self, condition):
        """Waits until a JavaScript expression is true, and returns its value."""

        def probe():
            try:
                return self.evaluate(condition)
            except BrowserError as error:
                if "Execution context" not in str(error) and "Cannot find context" not in str(error):
                    raise
                return None

        return self.wait_for(probe, condition)

    def wait_for(self, probe, what):
        """Waits until a function returns a true value, and returns it."""
        deadline = time.monotonic() + TIMEOUT_S
        while not (value := probe()):
            if time.monotonic() > deadline:
                raise BrowserError(f"timed out waiting for: {what}; errors so far: {self.errors[:5]}")
            time.sleep(POLL_INTERVAL_S)
        return value

    def box(self, selector):
        found = self.wait(
            f"(() => {{ const e = {find(selector)}; if (!e) return null; e.scrollIntoView({{block: 'center', inline: 'nearest'}});"
            " const b = e.getBoundingClientRect(); return b.width ? [b.left + b.width / 2, b.top + b.height / 2, b.width, b.height] : null; })()"
        )
        return found

    def click(self, selector):
        x, y, *_ = self.box(selector)
        self.click_at(x, y)

    def click_at(self, x, y):
        self.call("Input.dispatchMouseEvent", type="mouseMoved", x=x, y=y)
        self.call("Input.dispatchMouseEvent", type="mousePressed", x=x, y=y, button="left", clickCount=1)
        self.call("Input.dispatchMouseEvent", type="mouseReleased", x=x, y=y, button="left", clickCount=1)

    def move_to(self, x, y):
        self.call("Input.dispatchMouseEvent", type="mouseMoved", x=x, y=y)

    def type(self, text):
        self.call("Input.insertText", text=text)

    def key(self, key, code=None, modifiers=0):
        codes = {"Enter": 13, "Escape": 27, "Tab": 9, "ArrowDown": 40, "ArrowUp": 38, "ArrowLeft": 37, "ArrowRight": 39, "Home": 36, "End": 35, " ": 32}
        common = {"key": key, "code": code or key, "windowsVirtualKeyCode": codes.get(key, 0), "modifiers": modifiers}
        text = {"Enter": "\r", " ": " "}.get(key)
        self.call("Input.dispatchKeyEvent", type="keyDown" if text else "rawKeyDown", **common, **({"text": text} if text else {}))
        self.call("Input.dispatchKeyEvent", type="keyUp", **common)

    def text(self, selector):
        return self.wait(f"({find(selector)})?.textContent")

    def screenshot(self, path, full=False):
        options = {"format": "png"}
        if full:
            height = self.evaluate("document.documentElement.scrollHeight")
            width = self.evaluate("document.documentElement.clientWidth")
            options["captureBeyondViewport"] = True
            options["clip"] = {"x": 0, "y": 0, "width": width, "height": height, "scale": 1}
        data = self.call("Page.captureScreenshot", **options)["data"]
        Path(path).write_bytes(base64.b64decode(data))

    def allow_downloads(self, folder):
        self.call("Page.setDownloadBehavior", behavior="allow", downloadPath=str(folder))

    def foreign_requests(self, origin):
        return [url for url in self.requests if not url.startswith((origin, "data:", "blob:", "about:"))]

    def close(self):
        try:
            self.call("Page.close")
        except (BrowserError, OSError):
            pass
        self.socket.close()


def find(selector):
    """Returns JavaScript that finds an element: by CSS, or by `text=…` the innermost element with that text."""
    if selector.startswith("text="):
        text = json.dumps(selector[5:])
        return (
            f"[...document.querySelectorAll('button, a, label, span, li, h1, h2, h3')].reverse()"
            f".find((e) => e.textContent.trim() === {text} && e.getBoundingClientRect().width)"
        )
    return f"document.querySelector({json.dumps(selector)})"
