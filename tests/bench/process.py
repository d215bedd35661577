"""One measured process: seconds, processor seconds and peak memory."""

import os
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

RUNS = 3


@dataclass(frozen=True)
class Run:
    seconds: float
    cpu_seconds: float
    peak_mib: float
    output: str


def run_once(command: list, cores: int = 0, allowed: tuple[int, ...] = (0,), environment: dict[str, str] | None = None) -> Run:
    """Runs it to the end, on that many cores (0: all)."""
    words = [str(word) for word in command]
    if cores:
        words = ["taskset", "-c", ",".join(str(core) for core in sorted(os.sched_getaffinity(0))[:cores]), *words]
    began = time.monotonic()
    process = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                               env={**os.environ, **(environment or {})})  # fmt: skip
    # Reading one stream after the other is safe: nothing here writes much to stderr.
    output, errors = process.stdout.read(), process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.monotonic() - began
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in allowed:
        raise SystemExit(f"`{' '.join(words)}` ended with {process.returncode}:\n{errors[-3000:]}")
    return Run(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, output)


def best_of(run) -> Run:
    runs = [run() for _ in range(RUNS)]
    return Run(
        min(r.seconds for r in runs), min(r.cpu_seconds for r in runs), max(r.peak_mib for r in runs), runs[0].output
    )


def of_cores(cores: int) -> str:
    return "one core" if cores == 1 else f"{cores} cores"


def size_of(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
