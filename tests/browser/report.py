"""The report file: the same page without a server."""

import base64
import gzip
import json
import re
import tempfile
from pathlib import Path

from playwright.sync_api import expect

from harness import DashboardTab, check, dashboard_tab, new_context, report_file, test
from server import HOSTILE_NAME


@report_file()
def a_report_works_without_a_server(dashboard):
    page = dashboard.page
    check(page.locator(".card").count() > 5, "the first sheet is drawn")
    for sheet in ("people", "user-detail", "code", "budget", "health", "economics"):
        dashboard.open_sheet(sheet)
        dashboard.wait_for_url(f"sheet={sheet}")
        dashboard.scroll_through()
    page.locator("[data-picker=date]").click()
    page.locator("[data-preset=last_7]").click()
    dashboard.wait_for_url("from=")
    dashboard.settle()
    dashboard.choose_first("tier")
    dashboard.settle()
    dashboard.open_sheet("people")
    dashboard.switch_language("한국어", "ko")
    check(not page.locator("img").count(), "no element came out of a name")
    check(not [url for url in dashboard.requests if url.startswith("http")], dashboard.requests)


@report_file(at="#sheet=people")
def a_report_has_plans_and_clients_together_and_a_sheet_per_user(dashboard):
    page = dashboard.page
    dashboard.choose_first("tier")
    dashboard.choose_first("client")
    check("tier=" in dashboard.selection() and "client=" in dashboard.selection(), dashboard.selection())
    dashboard.scroll_through()
    link = dashboard.visual("p-all-users").locator("tbody tr:nth-child(2) .row-link")
    name = link.text_content()
    link.click()
    dashboard.wait_for_url("user=")
    check("sheet=user-detail" in dashboard.selection(), dashboard.selection())
    dashboard.scroll_through()
    expect(page.locator("[data-chip=user] .chip-name"), "the chip names the user that was clicked").to_have_text(name)
    check("tier=" not in dashboard.selection(), "a user is shown under all plans")
    page.locator("[data-picker=user]").click()
    page.keyboard.type(HOSTILE_NAME[:12])
    expect(page.get_by_role("option")).to_have_count(1)
    page.keyboard.press("Enter")
    dashboard.wait_for_url("user=u-hostile")
    dashboard.scroll_through()
    check(not page.locator("img").count(), "no element came out of a name")
    page.locator("[data-sheet=budget]").click()
    dashboard.wait_for_url("sheet=budget")
    check("user=" not in dashboard.selection(), "other sheets are about all users")
    dashboard.scroll_through()


@report_file(at="#sheet=people")
def a_report_has_each_region_alone(dashboard):
    page = dashboard.page
    expect(page.locator("[data-picker=team]"), "no teams").to_have_count(0)
    dashboard.choose_first("tier")
    dashboard.choose_first("region")
    check("tier=" not in dashboard.selection(), f"a Region is shown with all plans: {dashboard.selection()}")
    dashboard.scroll_through()
    dashboard.choose_first("client")
    check("region=" not in dashboard.selection(), f"a client is shown with all Regions: {dashboard.selection()}")


@report_file("anonymous", at="#sheet=people")
def an_anonymous_report_names_no_user(dashboard):
    expect(dashboard.visual("p-all-users").locator("tbody tr").nth(5)).to_be_attached()
    text = dashboard.page.locator("body").inner_text()
    check("@example.com" not in text and "User " in text, "pseudonyms only")


@report_file(at="#sheet=people")
def a_report_downloads_all_rows_that_it_contains(dashboard):
    for visual, head in (("p-all-users", "User ID,User,"), ("p-user-daily", "User ID,")):
        download = dashboard.download(visual, "Download CSV")
        check(download.suggested_filename == f"kiro-{visual}.csv", download.suggested_filename)
        lines = Path(download.path()).read_text("utf-8-sig").splitlines()
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
        with dashboard_tab(browser, path.as_uri()) as dashboard:
            dashboard.open("#sheet=people")
            table = dashboard.visual("p-all-users")
            expect(table.locator(".notes")).to_have_text(re.compile(r"^The first \d\d of 8,000 rows are in this file"))
            table.locator("[data-spot=right]").click()
            expect(table.locator(".pager span").first).to_have_text(re.compile("of 8,000$"))
            expect(table.locator("[data-spot=right]")).to_be_disabled()


@test
def an_old_browser_shows_a_message(browser, server):
    with new_context(browser) as context:
        dashboard = DashboardTab(context, server.report().as_uri())
        dashboard.page.add_init_script("delete window.DecompressionStream")
        dashboard.page.goto(dashboard.address)
        expect(dashboard.page.locator("#app"), "a message instead of an empty page").to_contain_text("newer browser")
