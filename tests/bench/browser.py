#!/usr/bin/env python3
"""Measures the dashboard in a real browser over a large fleet, and prints the figures.

    tests/bench/browser.py [USERS DAYS]      8000 x 365 if nothing is said

Needs the Debian package `chromium`, the packages of requirements.txt and `cargo build --release -p kiro-web --example dev` (or KIRO_DEV).
Prints, per line: what, measured, limit. Exit code 1 when a limit is missed.
"""

import os
import statistics
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/browser"))
from harness import DRAWN, DashboardTab, chromium, new_context  # noqa: E402
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
    # One context for all tabs, so that the second tab finds what the first one has cached.
    with Server(program(), users, days) as server, chromium() as browser, new_context(browser) as context:
        server.wait_until_ready(3600)
        print(f"{users} users x {days} days: read and ready after {time.monotonic() - start:.0f} s", flush=True)
        server.wait_until_warm()

        opened, weights = [], []
        for _ in range(3):
            dashboard = DashboardTab(context, server.origin)
            finished = []
            network = context.new_cdp_session(dashboard.page)
            network.on("Network.loadingFinished", lambda event, finished=finished: finished.append(event["encodedDataLength"]))
            network.send("Network.enable")
            begin = time.monotonic()
            dashboard.page.goto(server.origin + "/", wait_until="commit")
            dashboard.wait_for(VISIBLE_READY)
            opened.append(1000 * (time.monotonic() - begin))
            dashboard.page.evaluate(DRAWN)
            weights.append(sum(finished))
            dashboard.page.close()
        say("first sheet complete", statistics.median(opened), "ms", 1500)
        say("page weight, transferred", max(weights) / 1000, "kB", 2000)

        dashboard = DashboardTab(context, server.origin)
        page = dashboard.page
        page.goto(server.origin + "/")
        dashboard.wait_for(VISIBLE_READY)
        tiers = [one["value"] for one in server.get("/api/options/tier")][:3]
        for sheet in [one["id"] for one in server.get("/api/dashboard")["sheets"]]:
            page.evaluate(f"document.querySelector('[data-sheet={sheet}]').click()")
            dashboard.wait_for(VISIBLE_READY)
            times = {"dates": [], "tier": []}
            for preset in ("last_7", "last_90", "all"):
                page.evaluate("document.querySelector('[data-picker=date]').click()")
                times["dates"].append(page.evaluate(WATCH % f"document.querySelector('[data-preset={preset}]').click()"))
            if sheet != "health":
                for tier in tiers:
                    page.evaluate("document.querySelector('[data-picker=tier]').click()")
                    dashboard.wait_for("document.querySelectorAll('.choice input').length > 0")
                    pick = f"document.querySelector('.choice input[value=\"{tier}\"]').click()"
                    times["tier"].append(page.evaluate(WATCH % pick))
                    page.keyboard.press("Escape")
            page.evaluate("document.querySelector('.reset')?.click()")
            dashboard.wait_for(VISIBLE_READY)
            for picker, measured in times.items():
                if measured:
                    say(f"{sheet}: {picker} changed, slowest of {len(measured)}", max(measured), "ms", 300)
        say("server memory, largest", server.resident_bytes() / (1 << 20), "MiB", 600)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
