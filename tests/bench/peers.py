"""The normalizer beside DuckDB, polars and plain Python on the same exports; `scripts/bench peers` calls this.

Every pair is ours and a peer, one after the other on the same two cores; ratios are medians over the pairs.
"""

import json
import shutil
import statistics
import sys
from collections.abc import Callable
from pathlib import Path

from process import RUNS, Run, run_once, size_of

PROGRAM = Path(__file__).with_name("peer_normalizers.py")
PEERS = {
    "polars": "polars, in memory",
    "polars-streaming": "polars, streaming",
    "duckdb": "DuckDB, declared types",
    "python": "plain Python, CSV out",
}
CORES = 2


def compare(what: str, source: Path, scratch: Path, normalize: Callable[[Path, int], Run]) -> list[tuple[str, str, str]]:
    """Lines of the table: ours, which writes `parts` below the scratch folder, then each peer with the ratios of ours to it."""
    parts, theirs = scratch / "parts", scratch / "peer"

    def of(peer: str) -> Run:
        shutil.rmtree(theirs, ignore_errors=True)
        return run_once([sys.executable, PROGRAM, peer, source, theirs], CORES, environment={"POLARS_MAX_THREADS": str(CORES)})

    rows, own_runs, lines = None, [], []
    for peer, name in PEERS.items():
        pairs = [(normalize(source, CORES), of(peer)) for _ in range(RUNS)]
        own_runs += [mine for mine, _ in pairs]
        for mine, other in pairs:
            counted = [{key: json.loads(run.output)[key] for key in ("fact_rows", "model_rows")} for run in (mine, other)]
            rows = rows or counted[0]
            if counted != [rows, rows]:
                raise SystemExit(f"{what}: {name} has other rows: {counted}")
        ratios = [
            statistics.median(getattr(mine, figure) / getattr(other, figure) for mine, other in pairs)
            for figure in ("cpu_seconds", "seconds")
        ]
        figure = f"{figures([other for _, other in pairs])}, {size_of(theirs) / 1e6:.0f} MB"
        lines.append((f"{what}: {name}", figure, f"ours / theirs: CPU {ratios[0]:.3g}, time {ratios[1]:.3g}"))
    return [(f"{what}: kiro-analytics", f"{figures(own_runs)}, {size_of(parts) / 1e6:.0f} MB", ""), *lines]


def figures(runs: list[Run]) -> str:
    cpu, seconds = (statistics.median(getattr(run, figure) for run in runs) for figure in ("cpu_seconds", "seconds"))
    return f"{cpu:.1f} CPU s, {seconds:.1f} s, {max(run.peak_mib for run in runs):.0f} MiB"
