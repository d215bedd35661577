#!/usr/bin/env python3
"""Takes the screenshots of the README from the demo.

    tests/browser/screenshots.py PROGRAM FOLDER

Needs the Debian package `chromium` and the packages of requirements.txt.
PROGRAM is `kiro-analytics`; the pictures go to FOLDER. The demo's end date is fixed, so that the same program gives the same pictures.
"""

import re
import subprocess
import sys
import tempfile
from pathlib import Path

from harness import PHONE, chromium, dashboard_tab

DESKTOP = {"viewport": {"width": 1440, "height": 1000}}
PICTURES = {
    "activity-light": ("/", DESKTOP),
    "activity-dark": ("/", {**DESKTOP, "color_scheme": "dark"}),
    "economics-light": ("/?sheet=economics", DESKTOP),
    "budget-dark": ("/?sheet=budget", {**DESKTOP, "color_scheme": "dark"}),
    "phone": ("/", PHONE),
}
MAX_BYTES = 250_000


def main():
    program, folder = sys.argv[1], Path(sys.argv[2])
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="kiro-screenshots-") as demo:
        command = [program, "demo", "--dir", str(Path(demo, "demo")), "--end-date", "2026-08-31", "--port", "0"]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        try:
            origin = next(found.group() for line in process.stdout if (found := re.search(r"http://[^/\s]+", line)))
            with chromium() as browser:
                take(browser, origin, folder)
        finally:
            process.terminate()
            process.wait()


def take(browser, origin, folder):
    for name, (query, settings) in PICTURES.items():
        with dashboard_tab(browser, origin, **settings) as dashboard:
            dashboard.open(query)
            # Reload after reading, so that the page shows no banner.
            dashboard.wait_for("fetch('/api/status').then((answer) => answer.json()).then((status) => status.state === 'ready')")
            dashboard.open(query)
            path = folder / f"{name}.png"
            dashboard.page.screenshot(path=path)
        size = path.stat().st_size
        print(f"{path} {size // 1000} kB")
        if size > MAX_BYTES:
            sys.exit(f"{path} is larger than {MAX_BYTES // 1000} kB")


if __name__ == "__main__":
    main()
