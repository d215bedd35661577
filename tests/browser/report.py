"""The report file: the same page without a server."""

import base64
import gzip
import json
import re
import tempfile
from pathlib import Path

from harness import DashboardTab, check, report_file, test
from server import HOSTILE_NAME


@report_file()
def a_report_works_without_a_server(dashboard):
    tab = dashboard.tab
    check(tab.evaluate("document.querySelectorAll('.card').length") > 5, "the first sheet is drawn")
    for sheet in ("people", "user-detail", "code", "budget", "health", "economics"):
        tab.click(f"[data-sheet={sheet}]")
        tab.wait(f"location.hash.includes('{sheet}')")
        dashboard.scroll_through()
    tab.click("[data-picker=date]")
    tab.click("[data-preset=last_7]")
    tab.wait("location.hash.includes('from=')")
    dashboard.settle()
    dashboard.choose_first("tier")
    dashboard.settle()
    tab.click("[data-sheet=people]")
    dashboard.settle()
    dashboard.switch_language("한국어", "ko")
    check(tab.evaluate("document.querySelectorAll('img').length") == 0, "no element came out of a name")
    check(not [url for url in tab.requests if url.startswith("http")], tab.requests)
    tab.evaluate("localStorage.clear()")


@report_file(at="#sheet=people")
def a_report_has_plans_and_clients_together_and_a_sheet_per_user(dashboard):
    tab = dashboard.tab
    dashboard.choose_first("tier")
    dashboard.choose_first("client")
    check("tier=" in dashboard.selection() and "client=" in dashboard.selection(), dashboard.selection())
    dashboard.scroll_through()
    name = tab.text("[data-visual=p-all-users] tbody tr:nth-child(2) .row-link")
    tab.click("[data-visual=p-all-users] tbody tr:nth-child(2) .row-link")
    tab.wait("location.hash.includes('sheet=user-detail') && location.hash.includes('user=')")
    dashboard.scroll_through()
    check(tab.text(".chip-name") == name, "the chip names the user that was clicked")
    check("tier=" not in dashboard.selection(), "a user is shown under all plans")
    tab.click("[data-picker=user]")
    tab.type(HOSTILE_NAME[:12])
    tab.wait("document.querySelectorAll('.option').length === 1")
    tab.key("Enter")
    tab.wait("location.hash.includes('user=u-hostile')")
    dashboard.scroll_through()
    check(tab.evaluate("document.querySelectorAll('img').length") == 0, "no element came out of a name")
    tab.click("[data-sheet=budget]")
    tab.wait("location.hash.includes('sheet=budget')")
    check("user=" not in dashboard.selection(), "other sheets are about all users")
    dashboard.scroll_through()


@report_file("anonymous", at="#sheet=people")
def an_anonymous_report_names_no_user(dashboard):
    dashboard.tab.wait("document.querySelectorAll('[data-visual=p-all-users] tbody tr').length > 5")
    text = dashboard.tab.evaluate("document.body.innerText")
    check("@example.com" not in text and "User " in text, "pseudonyms only")


@test
def a_report_downloads_all_rows_that_it_contains(browser, server):
    with tempfile.TemporaryDirectory() as folder, DashboardTab(browser, server.report().as_uri()) as dashboard:
        tab = dashboard.open("#sheet=people")
        tab.allow_downloads(folder)
        for visual, head in (("p-all-users", "User ID,User,"), ("p-user-daily", "User ID,")):
            tab.click(f"[data-visual={visual}] .card-menu")
            tab.click("text=Download CSV")
            path = Path(folder, f"kiro-{visual}.csv")
            tab.wait_for(path.exists, f"{visual}.csv")
            lines = path.read_text("utf-8-sig").splitlines()
            check(len(lines) > 55, f"more than a page of {visual}: {len(lines)}")
            check(lines[0].startswith(head), lines[0][:80])
        check(re.search(r",2026-08-\d\d,", lines[0]), f"days with their year: {lines[0][:80]}")


@test
def a_report_says_how_many_rows_it_leaves_out(browser, server):
    whole = server.report().read_text()
    found = re.search(r'(id="report-data">)([^<]+)', whole)
    data = json.loads(gzip.decompress(base64.b64decode(found.group(2))))
    for place in data["figures"]["p-all-users"].values():
        data["pool"][place]["total_rows"] = 8000
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "cut.html")
        path.write_text(whole.replace(found.group(2), base64.b64encode(gzip.compress(json.dumps(data).encode())).decode()))
        with DashboardTab(browser, path.as_uri()) as dashboard:
            tab = dashboard.open("#sheet=people")
            table = "[data-visual=p-all-users]"
            check(re.match(r"The first \d\d of 8,000 rows are in this file", tab.text(f"{table} .notes")), tab.text(f"{table} .notes"))
            tab.click(f"{table} [data-spot=right]")
            tab.wait(f"document.querySelector('{table} .pager span').textContent.endsWith('of 8,000')")
            tab.wait(f"document.querySelector('{table} [data-spot=right]').disabled")


@test
def an_old_browser_shows_a_message(browser, server):
    dashboard = DashboardTab(browser, server.report().as_uri())
    try:
        dashboard.tab.call("Page.addScriptToEvaluateOnNewDocument", source="delete window.DecompressionStream")
        dashboard.tab.goto(dashboard.address)
        check("newer browser" in dashboard.tab.text("#app"), "a message instead of an empty page")
    finally:
        dashboard.tab.close()
