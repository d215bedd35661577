#!/usr/bin/env python3
"""Measures the dashboard in a real browser over a large fleet, and prints the figures.

    tests/bench/browser.py [USERS DAYS]      8000 x 365 if nothing is said

Needs the Debian package `chromium` and `cargo build --release -p kiro-web --example dev` (or KIRO_DEV).
Prints, per line: what, measured, limit. Exit code 1 when a limit is missed.
"""

import os
import statistics
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/browser"))
from chromium import Browser  # noqa: E402
from server import Server  # noqa: E402

VISIBLE_READY = (
    "(() => { const seen = [...document.querySelectorAll('.card')].filter((c) => {"
    " const b = c.getBoundingClientRect(); return b.top < innerHeight && b.bottom > 0; });"
    " return seen.length > 0 && seen.every((c) => c.dataset.state === 'ready'); })()"
)
# Watches from inside the page, so that the time is the page's own.
WATCH = (
    "new Promise((done) => { const start = performance.now(); %s; const look = () =>"
    f" ({VISIBLE_READY} && performance.now() - start > 4) ? done(performance.now() - start) : requestAnimationFrame(look);"
    " requestAnimationFrame(look); })"
)


def program():
    target = os.environ.get("CARGO_TARGET_DIR", str(ROOT / "target"))
    return os.environ.get("KIRO_DEV") or str(Path(target, "release/examples/dev"))


def main():
    users, days = (int(word) for word in (sys.argv[1:] + ["8000", "365"][len(sys.argv) - 1:])[:2])
    missed = 0

    def say(what, value, unit, limit):
        nonlocal missed
        missed += value > limit
        print(f"{what:<44} {value:8.0f} {unit:<4} limit {limit} {'MISSED' if value > limit else 'ok'}", flush=True)

    start = time.monotonic()
    with Server(program(), users, days) as server, Browser() as browser:
        server.wait_until_ready(3600)
        print(f"{users} users x {days} days: read and ready after {time.monotonic() - start:.0f} s", flush=True)
        server.wait_until_warm()

        opened, weights = [], []
        for _ in range(3):
            tab = browser.tab()
            begin = time.monotonic()
            tab.call("Page.navigate", url=server.origin + "/")
            tab.wait(VISIBLE_READY)
            opened.append(1000 * (time.monotonic() - begin))
            tab.frame()
            weights.append(sum(tab.finished.values()))
            tab.close()
        say("first sheet complete", statistics.median(opened), "ms", 1500)
        say("page weight, transferred", max(weights) / 1000, "kB", 2000)

        tab = browser.tab()
        tab.goto(server.origin + "/")
        tab.wait(VISIBLE_READY)
        tiers = [one["value"] for one in server.get("/api/options/tier")][:3]
        for sheet in [one["id"] for one in server.get("/api/dashboard")["sheets"]]:
            tab.evaluate(f"document.querySelector('[data-sheet={sheet}]').click()")
            tab.wait(VISIBLE_READY)
            times = {"dates": [], "tier": []}
            for preset in ("last_7", "last_90", "all"):
                tab.evaluate("document.querySelector('[data-picker=date]').click()")
                times["dates"].append(tab.evaluate(WATCH % f"document.querySelector('[data-preset={preset}]').click()"))
            if sheet != "health":
                for tier in tiers:
                    tab.evaluate("document.querySelector('[data-picker=tier]').click()")
                    tab.wait("document.querySelectorAll('.choice input').length > 0")
                    pick = f"document.querySelector('.choice input[value=\"{tier}\"]').click()"
                    times["tier"].append(tab.evaluate(WATCH % pick))
                    tab.key("Escape")
            tab.evaluate("document.querySelector('.reset')?.click()")
            tab.wait(VISIBLE_READY)
            for picker, measured in times.items():
                if measured:
                    say(f"{sheet}: {picker} changed, slowest of {len(measured)}", max(measured), "ms", 300)
        tab.close()
        say("server memory, largest", server.resident_bytes() / (1 << 20), "MiB", 600)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
