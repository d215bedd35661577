"""Runs and interrupts the command line, and lists its calls."""

import json
import os
import pty
import shlex
import signal
import subprocess
import threading
from dataclasses import dataclass, field

SECONDS = 300


@dataclass
class Outcome:
    """The result of a command."""

    command: str
    code: int
    output: str
    out: str
    calls: list = field(default_factory=list)

    @property
    def changes(self):
        """The calls that change something."""
        return [call.name for call in self.calls if call.mutating]

    def json(self):
        return json.loads(self.out)


class Cli:
    """The binary in a folder of its own, with an environment's variables."""

    def __init__(self, binary, folder, environment):
        self.binary, self.folder, self.environment = binary, folder, environment
        folder.mkdir(parents=True, exist_ok=True)

    def run(self, *arguments, **variables):
        """Runs it to its end without a terminal."""
        self.environment.front.taken()
        # Data are kept separate; the text output is in the order in which a user sees it.
        is_data = "json" in arguments
        process = self._start(arguments, variables, subprocess.PIPE if is_data else subprocess.STDOUT)
        out, err = process.communicate(timeout=SECONDS)
        return Outcome(self._shown(arguments, variables), process.returncode, (err or "") + out, out, self.environment.front.taken())

    def asked(self, *arguments, answers):
        """Runs it on a terminal. `answers` are pairs of the end of a prompt and the input for it."""
        self.environment.front.taken()
        keyboard, screen = pty.openpty()
        process = subprocess.Popen(
            [str(self.binary), *map(str, arguments)],
            cwd=self.folder,
            env=self.environment.variables | {"TERM": "dumb", "NO_COLOR": "1"},
            stdin=screen,
            stdout=screen,
            stderr=screen,
            start_new_session=True,
        )
        os.close(screen)
        seen, waiting = "", list(answers)
        with os.fdopen(keyboard, "r+b", buffering=0) as terminal:
            while text := _read(terminal):
                seen += text
                if waiting and seen.rstrip(" ").endswith(waiting[0][0]):
                    terminal.write(f"{waiting.pop(0)[1]}\n".encode())
        code = process.wait(SECONDS)
        seen = seen.replace("\r\n", "\n")
        return Outcome(self._shown(arguments, {}), code, seen, seen, self.environment.front.taken())

    def interrupted(self, call, *arguments, when="after", skip=0):
        """Kills it during a call: before the call has its effect, or after it and before the response."""
        front = self.environment.front
        front.taken()
        held = front.hold(call, when, skip=skip)
        process = self._start(arguments, {}, subprocess.STDOUT)
        # Waits for the call or the end, whichever comes first.
        threading.Thread(target=lambda: (process.wait(), held.seen.set()), daemon=True).start()
        held.wait(SECONDS)
        process.send_signal(signal.SIGKILL)
        out, _ = process.communicate(timeout=SECONDS)
        held.let_go()
        front.faults.clear()
        return Outcome(self._shown(arguments, {}), process.returncode, out, out, front.taken())

    def _start(self, arguments, variables, stderr):
        return subprocess.Popen(
            [str(self.binary), *map(str, arguments)],
            cwd=self.folder,
            env=self.environment.variables | variables,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=stderr,
            text=True,
        )

    def _shown(self, arguments, variables):
        settings = "".join(f"{name}={shlex.quote(value)} " for name, value in variables.items())
        return settings + shlex.join(["kiro-analytics", *map(str, arguments)])


def _read(terminal):
    """Text written to the terminal; empty after all processes have closed it."""
    try:
        return terminal.read(65536).decode()
    except OSError:
        return ""
