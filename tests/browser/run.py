#!/usr/bin/env python3
"""Goes through the dashboard in a real browser: every sheet, picker, click-through, download, language and theme, on a
desktop and on a phone, live and as a report file. Any console error and any request to another host fails.

    tests/browser/run.py [NAME …]      runs all tests, or those whose name contains one of the words

Needs the Debian package `chromium` and `cargo build -p kiro-web --example dev`.
"""

import sys
import tempfile
import time
import traceback
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from chromium import Browser, find  # noqa: E402
from server import HOSTILE_NAME, Server, export, program  # noqa: E402

ROOT = Path(__file__).resolve().parents[2]
SETTLED = (
    "document.querySelectorAll('.card').length > 0 && [...document.querySelectorAll('.card')].every((c) => {"
    " const b = c.getBoundingClientRect(); const near = b.top < innerHeight && b.bottom > 0;"
    " return !near || ['ready', 'failed'].includes(c.dataset.state); })"
)


def check(condition, claim):
    if not condition:
        raise AssertionError(claim)


class Walk:
    """A tab on a running dashboard that ends with nothing to complain about."""

    def __init__(self, browser, address, **settings):
        self.tab = browser.tab(**settings)
        self.address = address

    def __enter__(self):
        return self

    def open(self, query=""):
        self.tab.goto(self.address + query)
        self.settle()
        return self.tab

    def settle(self):
        self.tab.wait(SETTLED)

    def selection(self):
        return self.tab.evaluate("location.search || location.hash")

    def __exit__(self, kind, *_):
        self.tab.pump(0.2)
        failed = self.tab.evaluate("[...document.querySelectorAll('.card[data-state=failed]')].map((c) => c.dataset.visual)")
        errors, foreign = self.tab.errors, self.tab.foreign_requests(self.address.split("?")[0].rstrip("/"))
        self.tab.close()
        if kind is None:
            check(not errors, f"console: {errors[:3]}")
            check(not foreign, f"requests to elsewhere: {foreign[:3]}")
            check(not failed, f"visuals failed: {failed}")


def every_sheet_draws_in_both_themes_and_sizes(browser, server):
    sheets = server.get("/api/dashboard")["sheets"]
    for settings in ({"width": 1440, "height": 900}, {"width": 1440, "height": 900, "dark": True}, {"width": 390, "height": 844, "phone": True}):
        with Walk(browser, server.origin, **settings) as walk:
            walk.open("/")
            for sheet in sheets:
                walk.tab.evaluate(f"document.querySelector('[data-sheet={sheet['id']}]').click()")
                walk.tab.wait(f"document.querySelector('[data-sheet={sheet['id']}]').getAttribute('aria-selected') === 'true'")
                walk.settle()
                shown = [v for v in sheet["visuals"] if v["show"] != "user"]
                count = walk.tab.evaluate("document.querySelectorAll('.card').length")
                check(count == len(shown), f"{sheet['id']}: {count} cards, expected {len(shown)}")
                bottom = 0
                while bottom < walk.tab.evaluate("document.documentElement.scrollHeight"):
                    walk.tab.evaluate(f"scrollTo(0, {bottom})")
                    walk.tab.pump(0.06)
                    walk.settle()
                    bottom += 800
                wide = walk.tab.evaluate("document.documentElement.scrollWidth - innerWidth")
                check(wide <= 1, f"{sheet['id']} is {wide} px wider than the screen")


def tabs_are_moved_through_by_keyboard(browser, server):
    with Walk(browser, server.origin) as walk:
        walk.open("/")
        walk.tab.evaluate("document.querySelector('[role=tab][aria-selected=true]').focus()")
        walk.tab.key("ArrowRight")
        walk.tab.wait("new URLSearchParams(location.search).get('sheet') === 'economics'")
        walk.tab.key("End")
        walk.tab.wait("new URLSearchParams(location.search).get('sheet') === 'health'")
        walk.tab.key("Home")
        walk.tab.wait("!new URLSearchParams(location.search).has('sheet')")
        walk.settle()
        names = walk.tab.evaluate("[...document.querySelectorAll('[role=tab]')].map((t) => t.textContent)")
        check(names[0] == "Activity & Trends", names)


def dates_are_chosen_by_preset_and_by_hand(browser, server):
    with Walk(browser, server.origin) as walk:
        tab = walk.open("/")
        first = tab.text("[data-visual=a-kpi-messages] .kpi-value, .kind-kpi .kpi-value")
        tab.click("[data-picker=date]")
        tab.click("[data-preset=last_7]")
        tab.wait("location.search.includes('from=2026-08-25&to=2026-08-31')")
        walk.settle()
        tab.wait(f"document.querySelector('.kind-kpi .kpi-value').textContent !== {first!r} || true")
        tab.click("[data-picker=date]")
        tab.evaluate("document.querySelector('input[name=from]').value = '2026-08-20'; document.querySelector('input[name=to]').value = '2026-08-01'")
        tab.click(".date-form .primary")
        tab.wait("document.querySelector('.complaint').textContent.length > 0")
        tab.evaluate("document.querySelector('input[name=to]').value = '2026-08-22'")
        tab.click(".date-form .primary")
        tab.wait("location.search.includes('from=2026-08-20&to=2026-08-22')")
        walk.settle()
        tab.click("[data-chip=date]")
        tab.wait("location.search === ''")
        tab.evaluate("history.back()")
        tab.wait("location.search.includes('2026-08-20')")
        walk.settle()


def values_are_chosen_and_kept_in_the_url(browser, server):
    with Walk(browser, server.origin) as walk:
        tab = walk.open("/")
        for picker in ("tier", "model", "client", "account"):
            tab.click(f"[data-picker={picker}]")
            tab.click(".choice input")
            tab.wait(f"new URLSearchParams(location.search).has({picker!r})")
            tab.key("Escape")
            tab.wait("!document.querySelector('.popover')")
        walk.settle()
        kept = walk.selection()
        tab.goto(server.origin + "/" + kept)
        walk.settle()
        check(tab.evaluate("document.querySelectorAll('.chip').length") == 4, "four chips after opening the shared address")
        tab.click(".reset")
        tab.wait("location.search === ''")
        walk.settle()


def a_user_is_found_by_typing(browser, server):
    with Walk(browser, server.origin) as walk:
        tab = walk.open("/?sheet=user-detail")
        check(tab.evaluate("!!document.querySelector('[data-visual=u-ranking]')"), "User detail opens on a ranking")
        tab.click("[data-picker=user]")
        tab.wait("document.querySelectorAll('.option').length > 3")
        tab.type("onerror")
        tab.wait("document.querySelectorAll('.option').length === 1")
        check(HOSTILE_NAME in tab.text(".option"), "the name is shown as text")
        tab.key("Enter")
        tab.wait("location.search.includes('user=u-hostile')")
        tab.wait("!!document.querySelector('[data-visual=u-msgs]')")
        walk.settle()
        check(tab.text(".chip-name") == HOSTILE_NAME, "the chip shows the name as text")
        check(tab.evaluate("document.querySelectorAll('img').length") == 0, "no element came out of a name")


def a_row_opens_user_detail(browser, server):
    with Walk(browser, server.origin) as walk:
        tab = walk.open("/?sheet=people")
        tab.wait("!!document.querySelector('[data-visual=p-all-users] .row-link')")
        name = tab.text("[data-visual=p-all-users] tbody tr:nth-child(2) .row-link")
        tab.click("[data-visual=p-all-users] tbody tr:nth-child(2) .row-link")
        tab.wait("location.search.includes('sheet=user-detail') && location.search.includes('user=')")
        walk.settle()
        check(tab.text(".chip-name") == name, "the chip names the user that was clicked")
        tab.evaluate("history.back()")
        tab.wait("location.search === '?sheet=people'")
        walk.settle()


def clicking_a_chart_filters(browser, server):
    with Walk(browser, server.origin) as walk:
        tab = walk.open("/?sheet=economics")
        x, y, width, height = tab.box("[data-visual=e-users-by-tier] canvas")
        # A ring is hit somewhere left of its middle.
        for step in range(2, 40):
            tab.click_at(x - width / 2 + step * width / 80, y)
            if "tier=" in walk.selection():
                break
        check("tier=" in walk.selection(), "a click on a slice chooses its plan")
        walk.settle()
        check(tab.evaluate("!!document.querySelector('[data-chip=tier]')"), "the choice is shown as a chip")


def tables_are_sorted_searched_and_paged(browser, server):
    with Walk(browser, server.origin) as walk:
        tab = walk.open("/?sheet=people")
        table = "[data-visual=p-all-users]"
        tab.wait(f"document.querySelectorAll('{table} tbody tr').length > 10")
        tab.click(f"{table} [data-column=messages]")
        tab.wait(f"document.querySelector('{table} th[aria-sort=descending]')?.textContent.includes('Messages')")
        tab.click(f"{table} [data-column=messages]")
        tab.wait(f"document.querySelector('{table} th[aria-sort=ascending]')?.textContent.includes('Messages')")
        first = tab.text(f"{table} tbody tr")
        tab.click(f"{table} .pager-buttons button:last-child")
        tab.wait(f"document.querySelector('{table} tbody tr').textContent !== {first!r}")
        tab.click(f"{table} input.search")
        tab.type("onerror")
        tab.wait(f"document.querySelectorAll('{table} tbody tr').length === 1")
        check(tab.evaluate("document.activeElement.classList.contains('search')"), "the focus stays in the search")


def downloads_work(browser, server):
    with tempfile.TemporaryDirectory() as folder, Walk(browser, server.origin) as walk:
        tab = walk.open("/")
        tab.allow_downloads(folder)
        for name in ("Download CSV", "Download PNG"):
            tab.click("[data-visual=a-credits] .card-menu")
            tab.click(f"text={name}")
        deadline = time.monotonic() + 20
        while {path.suffix for path in Path(folder).iterdir()} != {".csv", ".png"}:
            tab.pump(0.1)
            check(time.monotonic() < deadline, f"downloads: {list(Path(folder).iterdir())}")
        text = next(Path(folder).glob("*.csv")).read_text("utf-8-sig")
        check(text.startswith("Day,Client,Credits used"), text[:80])
        picture = next(Path(folder).glob("*.png")).read_bytes()
        check(picture.startswith(b"\x89PNG") and len(picture) > 10_000, "a picture of the chart")


def a_chart_can_be_read_as_a_table(browser, server):
    with Walk(browser, server.origin) as walk:
        tab = walk.open("/")
        tab.evaluate("document.querySelector('[data-visual=a-credits] .card-menu').focus()")
        tab.key("Enter")
        tab.wait("document.activeElement.getAttribute('role') === 'menuitem'")
        tab.key("End")
        tab.key("Enter")
        tab.wait("document.querySelectorAll('[data-visual=a-credits] tbody tr').length > 20")
        tab.click("[data-visual=a-credits] .card-menu")
        tab.click("text=Show as chart")
        tab.wait("!!document.querySelector('[data-visual=a-credits] canvas')")


def the_language_is_switched_and_remembered(browser, server):
    with Walk(browser, server.origin) as walk:
        tab = walk.open("/?sheet=budget")
        for name, code in (("한국어", "ko"), ("中文", "zh"), ("English", "en")):
            tab.click("[data-action=language]")
            tab.click(f"text={name}")
            tab.wait(f"document.documentElement.lang === '{code}'")
            walk.settle()
            untranslated = tab.evaluate(
                "[...document.querySelectorAll('h3, .tab, .picker-label, th, .subtitle')].map((e) => e.textContent)"
                ".filter((t) => /^(visual|column|measure|picker|sheet|value|note|empty)\\.[a-z]/.test(t))"
            )
            check(not untranslated, untranslated)
        tab.click("[data-action=language]")
        tab.click("text=한국어")
        tab.wait("document.documentElement.lang === 'ko'")
        tab.goto(server.origin + "/")
        walk.settle()
        check(tab.evaluate("document.documentElement.lang") == "ko", "the language is remembered")
        tab.evaluate("localStorage.clear()")


def the_browsers_language_is_taken(browser, server):
    with Walk(browser, server.origin, languages="zh-CN,zh;q=0.9") as walk:
        walk.open("/")
        check(walk.tab.evaluate("document.documentElement.lang") == "zh", "Chinese for a Chinese browser")


def the_theme_is_switched_and_remembered(browser, server):
    with Walk(browser, server.origin) as walk:
        tab = walk.open("/")
        tab.click("[data-action=theme]")
        tab.wait("document.documentElement.dataset.theme === 'dark'")
        tab.goto(server.origin + "/")
        walk.settle()
        check(tab.evaluate("document.documentElement.dataset.theme") == "dark", "the theme is remembered")
        tab.evaluate("localStorage.clear()")


def a_phone_has_its_pickers_in_a_drawer(browser, server):
    with Walk(browser, server.origin, width=390, height=844, phone=True) as walk:
        tab = walk.open("/")
        check(not tab.evaluate("document.querySelector('.picker-row').getBoundingClientRect().height"), "closed at first")
        tab.click(".drawer-button")
        tab.wait("document.querySelector('.picker-row').getBoundingClientRect().height > 100")
        tab.click("[data-picker=tier]")
        tab.click(".choice input")
        tab.wait("location.search.includes('tier=')")
        tab.key("Escape")
        walk.settle()


def everything_has_a_name_and_can_be_reached(browser, server):
    with Walk(browser, server.origin) as walk:
        tab = walk.open("/?sheet=people")
        nameless = tab.evaluate(
            "[...document.querySelectorAll('button, a[href], input, [role=region], section, canvas')]"
            ".filter((e) => !(e.textContent.trim() || e.getAttribute('aria-label') || e.getAttribute('aria-labelledby')"
            " || e.closest('[aria-label]') || e.labels?.length)).map((e) => e.outerHTML.slice(0, 120))"
        )
        check(not nameless, nameless[:3])
        tab.evaluate("document.activeElement.blur()")
        tab.key("Tab")
        check(tab.evaluate("document.activeElement.className") == "skip", "the first stop skips to the sheet")
        tab.key("Enter")
        check(tab.evaluate("document.activeElement.id") == "sheet-title", "and goes there")


def new_exports_are_offered_and_uploads_added(browser, server):
    with Walk(browser, server.origin) as walk:
        tab = walk.open("/")
        server.add("KIRO_IDE_123456789012_user_report_202609020000.csv", export("2026-09-01", "u-late", "late@example.com"))
        tab.wait("!document.querySelector('.banner').hidden", timeout=240)
        check("Aug" in tab.text("[data-picker=date] .picker-hint"), "the page keeps what it shows")
        tab.click("[data-action=refresh]")
        tab.wait("document.querySelector('[data-picker=date] .picker-hint').textContent.includes('Sep')")
        walk.settle()
        tab.click("[data-action=upload]")
        text = export("2026-09-02", "u-upload", "upload@example.com").replace("\n", "\\n").replace('"', '\\"')
        tab.evaluate(
            "(() => { const files = new DataTransfer();"
            f' files.items.add(new File(["{text}"], "KIRO_IDE_123456789012_user_report_202609030000.csv", {{type: "text/csv"}}));'
            ' files.items.add(new File(["x"], "notes.txt"));'
            " const input = document.querySelector('input[type=file]'); input.files = files.files;"
            " input.dispatchEvent(new Event('change')); })()"
        )
        tab.wait("document.querySelector('.upload-result').textContent.includes('1 added')", timeout=60)
        check("notes.txt" in tab.text(".upload-result"), "the other file is named")
        tab.click(".dialog .primary")
        walk.settle()


def a_report_works_without_a_server(browser, server):
    path = server.report()
    with Walk(browser, path.as_uri()) as walk:
        tab = walk.open()
        check(tab.evaluate("document.querySelectorAll('.card').length") > 5, "the first sheet is there")
        for sheet in ("people", "user-detail", "code", "budget", "health", "economics"):
            tab.click(f"[data-sheet={sheet}]")
            tab.wait(f"location.hash.includes('{sheet}')")
            walk.settle()
        tab.click("[data-picker=date]")
        tab.click("[data-preset=last_7]")
        tab.wait("location.hash.includes('from=')")
        walk.settle()
        tab.click("[data-picker=tier]")
        tab.click(".choice input")
        tab.wait("location.hash.includes('tier=')")
        tab.key("Escape")
        walk.settle()
        tab.click("[data-sheet=people]")
        walk.settle()
        tab.click("[data-action=language]")
        tab.click("text=한국어")
        tab.wait("document.documentElement.lang === 'ko'")
        walk.settle()
        check(tab.evaluate("document.querySelectorAll('img').length") == 0, "no element came out of a name")
        check(len(tab.requests) <= 2 or not [url for url in tab.requests if url.startswith("http")], tab.requests)


def an_anonymous_report_names_nobody(browser, server):
    path = server.report("anonymous")
    with Walk(browser, path.as_uri()) as walk:
        tab = walk.open("#sheet=people")
        tab.wait("document.querySelectorAll('[data-visual=p-all-users] tbody tr').length > 5")
        text = tab.evaluate("document.body.innerText")
        check("@example.com" not in text and "User " in text, "pseudonyms only")


TESTS = [
    every_sheet_draws_in_both_themes_and_sizes,
    tabs_are_moved_through_by_keyboard,
    dates_are_chosen_by_preset_and_by_hand,
    values_are_chosen_and_kept_in_the_url,
    a_user_is_found_by_typing,
    a_row_opens_user_detail,
    clicking_a_chart_filters,
    tables_are_sorted_searched_and_paged,
    downloads_work,
    a_chart_can_be_read_as_a_table,
    the_language_is_switched_and_remembered,
    the_browsers_language_is_taken,
    the_theme_is_switched_and_remembered,
    a_phone_has_its_pickers_in_a_drawer,
    everything_has_a_name_and_can_be_reached,
    a_report_works_without_a_server,
    an_anonymous_report_names_nobody,
    new_exports_are_offered_and_uploads_added,
]


def main():
    words = sys.argv[1:]
    failed = 0
    with Server(program(ROOT)) as server, Browser() as browser:
        server.wait_until_ready()
        for test in TESTS:
            if words and not any(word in test.__name__ for word in words):
                continue
            start = time.monotonic()
            try:
                test(browser, server)
                print(f"ok      {test.__name__} ({time.monotonic() - start:.1f} s)", flush=True)
            except Exception as error:  # noqa: BLE001 - every failure is reported, and the next test runs
                failed += 1
                print(f"FAILED  {test.__name__}: {error}", flush=True)
                if not isinstance(error, AssertionError):
                    traceback.print_exc(limit=4)
    print(f"{failed} failed" if failed else "all passed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
