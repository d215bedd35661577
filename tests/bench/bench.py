"""Measures the product and prints one Markdown table, targets beside figures; `scripts/bench` calls this.

Inputs are generated once and kept in the cache. Every figure is the best of the runs made, every run a new process; peak
memory is the maximum resident set of that process. Nothing here fails because something is slow.
"""

import argparse
import json
import re
import shutil
import sys
from pathlib import Path

import peers
from process import RUNS, Run, best_of, of_cores, run_once, size_of

REPOSITORY = Path(__file__).resolve().parents[2]


class Bench:
    def __init__(self, release: Path, cache: Path, scratch: Path):
        self.binary = release / "kiro-analytics"
        self.examples = release / "examples"
        self.inputs = cache / "bench-inputs"
        self.scratch = scratch
        self.rows: list[tuple[str, str, str]] = []

    def note(self, what: str, figure: str, target: str = "") -> None:
        self.rows.append((what, figure, target))
        print(f"  {what}: {figure}", file=sys.stderr, flush=True)

    def table(self) -> str:
        lines = ["| what | figure | target |", "| --- | --- | --- |"]
        return "\n".join(lines + [f"| {' | '.join(row)} |" for row in self.rows])

    # ---- (a) one big export

    def big_input(self, rows: int) -> Path:
        folder = self.inputs / f"adds-up-{rows}"
        export = folder / "KIRO_IDE_123456789012_user_report_202610010000.csv"
        if not export.exists():
            folder.mkdir(parents=True, exist_ok=True)
            unfinished = folder / "unfinished"
            self.generate("big", rows, 12, unfinished)
            unfinished.rename(export)
        return folder

    def big_export(self, rows: int) -> None:
        folder = self.big_input(rows)
        csv_mib = size_of(folder) / 2**20
        name = f"one export of {rows:,} rows"
        for cores, target in ((1, 600_000), (2, 1_000_000)):
            best = best_of(lambda: self.normalize(folder, cores))
            self.note(f"{name}, {of_cores(cores)}", f"{rows / best.seconds:,.0f} rows/s", f"≥ {target:,} rows/s")
            self.note(f"{name}, {of_cores(cores)}, peak memory", f"{best.peak_mib:.0f} MiB", "< 96 MiB")
        parts_mib = size_of(self.scratch / "parts") / 2**20
        self.note(f"{name}, parts", f"{parts_mib:.1f} MiB of {csv_mib:.0f} MiB CSV ({parts_mib / csv_mib:.0%})")

    # ---- (b) many small exports

    def daily_input(self, exports: int, users: int) -> Path:
        folder = self.inputs / f"daily-two-clients-{exports}-{users}"
        if not folder.exists():
            unfinished = self.inputs / "unfinished-daily"
            shutil.rmtree(unfinished, ignore_errors=True)
            run_once([self.examples / "normalize_bench", "make-daily", exports, users, unfinished])
            unfinished.rename(folder)
        return folder

    def daily_exports(self, exports: int, users: int) -> None:
        folder = self.daily_input(exports, users)
        name = f"{exports:,} daily exports of {users} users"
        cold = best_of(lambda: self.normalize(folder, 2))
        self.note(f"{name}, cold", f"{cold.seconds:.2f} s", "< 5 s")
        self.note(f"{name}, cold, peak memory", f"{cold.peak_mib:.0f} MiB")
        again = best_of(lambda: self.normalize(folder, 2, fresh=False))
        self.note(f"{name}, unchanged", f"{again.seconds:.3f} s", "< 0.3 s")
        self.note(f"{name}, unchanged, calls on files of the destination", self.calls_on_destination(folder), "none per file")

    def calls_on_destination(self, source: Path) -> str:
        if not shutil.which("strace"):
            return "strace is not installed"
        log = self.scratch / "strace.log"
        parts = self.scratch / "parts"
        run_once(["strace", "-f", "-qq", "-y", "-e", "trace=file,getdents64,read,pread64", "-o", log,
                  self.binary, "normalize", source, parts])  # fmt: skip
        calls = log.read_text(errors="replace")
        on_parts = len(re.findall(rf"{re.escape(str(parts))}/[^\"<>]*\.parquet", calls))
        return f"{on_parts} on parts, {len(re.findall(re.escape(str(parts)), calls)) - on_parts} on folders"

    def normalize(self, source: Path, cores: int, *, fresh: bool = True) -> Run:
        parts = self.scratch / "parts"
        if fresh:
            shutil.rmtree(parts, ignore_errors=True)
        return run_once([self.binary, "normalize", source, parts, "--output", "json"], cores)

    # ---- (c) the views

    def views(self, users: int, days: int) -> None:
        exports, data, more = (self.inputs / f"fleet-{users}-{days}" / name for name in ("exports", "data", "one-more-day"))
        # The fleet is one day longer: that day's exports are what arrives later.
        if not exports.exists():
            unfinished = exports.with_name("unfinished")
            shutil.rmtree(unfinished, ignore_errors=True)
            self.generate("believable", users, days + 1, "2026-10-31", unfinished)
            unfinished.rename(exports)
        days_of_exports = sorted({"-".join(path.parts[-5:-2]) for path in exports.rglob("*.csv")})
        last_export = days_of_exports[-1]
        day_before = days_of_exports[-2]
        # Parts are what is under test, so they are made anew by the normalizer of today.
        for folder, window in ((data, ["--until", day_before]), (more, ["--since", last_export])):
            shutil.rmtree(folder, ignore_errors=True)
            made = run_once([self.binary, "normalize", exports, folder, *window, "--output", "json"], allowed=(0, 1))
            if folder == data:
                summary = json.loads(made.output)
                counted = f"{summary['fact_rows']:,} fact and {summary['model_rows']:,} model rows"
                self.note(f"{users:,} users x {days} days, normalized", f"{made.seconds:.1f} s, {counted}")
        views = self.scratch / "views.json"
        views.write_text(run_once([self.examples / "render", f"file://{data}", "2020-01-01"]).output)
        name = f"all views, {users:,} users x {days} days"
        embedded, duckdb = [], []
        for _ in range(RUNS):  # in turn, so that both have the same machine
            embedded.append(json.loads(run_once([self.examples / "views_bench", data, more]).output))
            duckdb.append(json.loads(run_once([sys.executable, REPOSITORY / "tests/bench/duckdb_views.py", views, data]).output))
        ours = min(embedded, key=lambda run: run["from_nothing_seconds"])
        theirs = min(duckdb, key=lambda run: run["from_nothing_seconds"])
        self.note(f"{name}, from nothing", f"{ours['from_nothing_seconds']:.1f} s",
                  f"≤ DuckDB {theirs['version']}: {theirs['from_nothing_seconds']:.1f} s")  # fmt: skip
        self.note(f"{name}, peak memory", f"{ours['memory']['peak_mib']} MiB", f"DuckDB: {theirs['peak_mib']} MiB")
        different = [view for view, rows in theirs["rows"].items() if ours["rows"].get(view) != rows]
        self.note("views whose number of rows differs from DuckDB's", ", ".join(different) or "none", "none")
        self.note("current again after one more day's exports",
                  f"{min(run['refresh']['seconds'] for run in embedded):.2f} s", "< 5 s")  # fmt: skip
        answers = {q: min(run["questions_milliseconds"][q] for run in embedded) for q in ours["questions_milliseconds"]}
        slowest = max(answers, key=answers.get)
        self.note(f"slowest of {len(answers)} questions a picker asks ({slowest})", f"{answers[slowest]:.0f} ms", "< 200 ms")
        self.note("memory held after that", f"{ours['memory_after_refresh']['resident_mib']} MiB")
        slow = sorted(ours["views_seconds"].items(), key=lambda item: -item[1])[:5]
        self.note("slowest views", ", ".join(f"{view} {seconds:.1f} s ({theirs['views_seconds'][view]:.1f} s)" for view, seconds in slow),
                  "(DuckDB)")  # fmt: skip

    # ---- (d) the page

    def page(self, users: int, days: int) -> None:
        command = [sys.executable, REPOSITORY / "tests/bench/browser.py", users, days]
        environment = {"KIRO_DEV": str(self.examples / "dev")}
        figures = run_once(command, allowed=(0, 1), environment=environment).output
        for line in figures.splitlines():
            figure = re.fullmatch(r"(.*\S) +([0-9]+) (\S+) +limit ([0-9]+) .*", line)
            if figure:
                what, value, unit, limit = figure.groups()
                self.note(f"page, {users:,} users x {days} days: {what}", f"{value} {unit}", f"< {limit} {unit}")

    # ---- (e) the same work by other tools

    def peers(self, what: str, source: Path) -> None:
        for line in peers.compare(what, source, self.scratch, self.normalize):
            self.note(*line)

    def generate(self, *arguments) -> None:
        run_once([self.examples / "write_fleet", *arguments])


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("release", type=Path, help="folder of the release binaries")
    parser.add_argument("cache", type=Path)
    parser.add_argument("scratch", type=Path)
    parser.add_argument("parts", nargs="*", help="only these: big, daily, views, page, peers")
    arguments = parser.parse_args()
    shutil.rmtree(arguments.scratch, ignore_errors=True)
    arguments.scratch.mkdir(parents=True)
    bench = Bench(arguments.release.resolve(), arguments.cache.resolve(), arguments.scratch.resolve())
    wanted = arguments.parts or ["big", "daily", "views", "page"]
    if "big" in wanted:
        bench.big_export(1_000_000)
        bench.big_export(4_000_000)
    if "daily" in wanted:
        bench.daily_exports(1_500, 300)
    if "views" in wanted:
        bench.views(8_000, 365)
    if "page" in wanted:
        bench.page(8_000, 365)
    if "peers" in wanted:
        bench.peers("one export of 1,000,000 rows", bench.big_input(1_000_000))
        bench.peers("1,500 daily exports of 300 users", bench.daily_input(1_500, 300))
    shutil.rmtree(arguments.scratch, ignore_errors=True)
    print(bench.table())


if __name__ == "__main__":
    main()
