"""Updates from the server: new exports, many listening tabs, and a stopped server."""

from server import Server, export
from harness import DashboardTab, check, page, test


@page("/")
def new_exports_are_offered_and_uploads_added(dashboard, server):
    tab = dashboard.tab
    server.add("KIRO_IDE_123456789012_user_report_202609020000.csv", export("2026-09-01", "u-late", "late@example.com"))
    tab.wait("!document.querySelector('.banner').hidden")
    check("Aug" in tab.text("[data-picker=date] .picker-hint"), "the page keeps what it shows")
    tab.click("[data-action=refresh]")
    tab.wait("document.querySelector('[data-picker=date] .picker-hint').textContent.includes('Sep')")
    dashboard.settle()
    tab.click("[data-action=upload]")
    text = export("2026-09-02", "u-upload", "upload@example.com").replace("\n", "\\n").replace('"', '\\"')
    tab.evaluate(
        "(() => { const files = new DataTransfer();"
        f' files.items.add(new File(["{text}"], "KIRO_IDE_123456789012_user_report_202609030000.csv", {{type: "text/csv"}}));'
        ' files.items.add(new File(["x"], "notes.txt"));'
        " const input = document.querySelector('input[type=file]'); input.files = files.files;"
        " input.dispatchEvent(new Event('change')); })()"
    )
    tab.wait("document.querySelector('.upload-result').textContent.includes('1 added')")
    check("notes.txt" in tab.text(".upload-result"), "the other file is named")
    tab.click(".dialog .primary")
    dashboard.settle()


@page("/")
def a_choice_after_an_update_reloads_the_whole_page(dashboard, server):
    tab = dashboard.tab
    server.add("KIRO_IDE_123456789012_user_report_202609040000.csv", export("2026-09-03", "u-later", "later@example.com"))
    tab.wait("!!document.querySelector('[data-action=refresh]')")
    check("Sep 3" not in tab.text("[data-picker=date] .picker-hint"), "the page keeps what it shows")
    dashboard.choose_first("client")
    tab.wait("document.querySelector('[data-picker=date] .picker-hint').textContent.includes('3, 2026')")
    tab.wait("document.querySelector('.banner').hidden")
    dashboard.settle()


@test
def seven_tabs_do_not_block_each_other(browser, server):
    # A browser opens at most six connections per host.
    dashboards = []
    try:
        for _ in range(7):
            dashboards.append(DashboardTab(browser, server.origin))
            dashboards[-1].open("/?sheet=code")
        dashboards[0].tab.frame()
        dashboards[0].open_sheet("budget")
    finally:
        for dashboard in dashboards:
            dashboard.tab.close()


@test
def a_page_without_its_server_says_so(browser, server):
    with Server(server.program, users=3, days=10) as lonely:
        lonely.wait_until_ready()
        dashboard = DashboardTab(browser, lonely.origin)
        try:
            tab = dashboard.open("/")
            lonely.process.terminate()
            tab.wait("document.querySelector('.status').getAttribute('aria-label').includes('Connection lost')")
            tab.wait("document.getElementById('announcements').textContent === 'Connection lost'")
            tab.click("[data-action=language]")
            tab.click("text=한국어")
            tab.wait("document.querySelector('.toast')?.textContent.includes('does not answer')")
            check(tab.evaluate("document.documentElement.lang + localStorage.getItem('kiro.language')") == "ennull", "the language stays")
        finally:
            dashboard.tab.close()
