"""Updates from the server: new exports, many listening tabs, and a stopped server."""

import re

from playwright.sync_api import expect

from harness import DashboardTab, check, live_page, new_context, test
from server import Server, export


@live_page("/")
def new_exports_are_offered_and_uploads_added(dashboard, server):
    page = dashboard.page
    covered = page.locator("[data-picker=date] .picker-hint")
    server.add("KIRO_IDE_123456789012_user_report_202609020000.csv", export("2026-09-01", "u-late", "late@example.com"))
    expect(page.locator(".banner")).to_be_visible()
    check("Aug" in covered.text_content(), "the page keeps what it shows")
    page.locator("[data-action=refresh]").click()
    expect(covered).to_contain_text("Sep")
    dashboard.settle()
    page.locator("[data-action=upload]").click()
    text = export("2026-09-02", "u-upload", "upload@example.com")
    page.get_by_label("Choose CSV files").set_input_files([
        {"name": "KIRO_IDE_123456789012_user_report_202609030000.csv", "mimeType": "text/csv", "buffer": text.encode()},
        {"name": "notes.txt", "mimeType": "text/plain", "buffer": b"x"},
    ])
    expect(page.locator("dialog[open] .upload-result")).to_contain_text("1 added")
    expect(page.locator("dialog[open] .upload-result"), "the other file is named").to_contain_text("notes.txt")
    page.locator("dialog[open] .primary").click()
    dashboard.settle()


@live_page("/")
def a_choice_after_an_update_reloads_the_whole_page(dashboard, server):
    page = dashboard.page
    covered = page.locator("[data-picker=date] .picker-hint")
    server.add("KIRO_IDE_123456789012_user_report_202609040000.csv", export("2026-09-03", "u-later", "later@example.com"))
    expect(page.locator("[data-action=refresh]")).to_be_visible()
    check("Sep 3" not in covered.text_content(), "the page keeps what it shows")
    dashboard.choose_first("client")
    expect(covered).to_contain_text("3, 2026")
    expect(page.locator(".banner")).to_be_hidden()
    dashboard.settle()


def set_hidden(dashboard, hidden):
    """Moves a tab to the background or the foreground. Playwright itself keeps all tabs visible."""
    dashboard.page.evaluate(
        "(hidden) => { Object.defineProperty(document, 'hidden', { value: hidden, configurable: true });"
        " document.dispatchEvent(new Event('visibilitychange')); }",
        hidden,
    )


@test
def seven_tabs_do_not_block_each_other(browser, server):
    # A browser opens at most six connections per host and context.
    with new_context(browser) as context:
        dashboards = [DashboardTab(context, server.origin) for _ in range(7)]
        for dashboard in dashboards:
            dashboard.open("/?sheet=code")
            set_hidden(dashboard, True)
        set_hidden(dashboards[0], False)
        dashboards[0].open_sheet("budget")


@test
def a_page_without_its_server_says_so(browser, server):
    with Server(server.program, users=3, days=10) as lonely, new_context(browser) as context:
        lonely.wait_until_ready()
        page = DashboardTab(context, lonely.origin).open("/")
        lonely.process.terminate()
        expect(page.locator(".status:not(.people-button)")).to_have_attribute("aria-label", re.compile("Connection lost"))
        expect(page.locator("#announcements")).to_have_text("Connection lost")
        page.locator("[data-action=language]").click()
        page.get_by_role("menuitemradio", name="한국어").click()
        expect(page.locator(".toast")).to_contain_text("does not answer")
        check(page.evaluate("document.documentElement.lang + localStorage.getItem('kiro.language')") == "ennull", "the language stays")
