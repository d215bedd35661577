"""The live page: every sheet, picker, click-through, download, language and theme, on a desktop and on a phone."""

import tempfile
from pathlib import Path

from server import HOSTILE_NAME
from harness import DashboardTab, check, page, test


@test
def every_sheet_draws_in_both_themes_and_sizes(browser, server):
    sheets = server.get("/api/dashboard")["sheets"]
    for settings in ({"width": 1440, "height": 900}, {"width": 1440, "height": 900, "dark": True}, {"width": 390, "height": 844, "phone": True}):
        with DashboardTab(browser, server.origin, **settings) as dashboard:
            dashboard.open("/")
            for sheet in sheets:
                dashboard.open_sheet(sheet["id"])
                shown = [v for v in sheet["visuals"] if v["show"] != "user"]
                count = dashboard.tab.evaluate("document.querySelectorAll('.card').length")
                check(count == len(shown), f"{sheet['id']}: {count} cards, expected {len(shown)}")
                dashboard.scroll_through()
                wide = dashboard.tab.evaluate("document.documentElement.scrollWidth - innerWidth")
                check(wide <= 1, f"{sheet['id']} is {wide} px wider than the screen")


@page("/")
def tabs_are_moved_through_by_keyboard(dashboard, server):
    dashboard.tab.evaluate("document.querySelector('[role=tab][aria-selected=true]').focus()")
    dashboard.tab.key("ArrowRight")
    dashboard.tab.wait("new URLSearchParams(location.search).get('sheet') === 'economics'")
    dashboard.tab.key("End")
    dashboard.tab.wait("new URLSearchParams(location.search).get('sheet') === 'health'")
    dashboard.tab.key("Home")
    dashboard.tab.wait("!new URLSearchParams(location.search).has('sheet')")
    dashboard.settle()
    names = dashboard.tab.evaluate("[...document.querySelectorAll('[role=tab]')].map((t) => t.textContent)")
    check(names[0] == "Activity & Trends", names)


@page("/")
def dates_are_chosen_by_preset_and_by_hand(dashboard, server):
    tab = dashboard.tab
    first = tab.text("[data-visual=a-kpi-messages] .kpi-value")
    tab.click("[data-picker=date]")
    tab.click("[data-preset=last_7]")
    tab.wait("location.search.includes('from=2026-08-25&to=2026-08-31')")
    dashboard.settle()
    tab.wait(f"document.querySelector('[data-visual=a-kpi-messages] .kpi-value').textContent !== {first!r}")
    tab.click("[data-picker=date]")
    tab.evaluate("document.querySelector('input[name=from]').value = '2026-08-20'; document.querySelector('input[name=to]').value = '2026-08-01'")
    tab.click(".date-form .primary")
    tab.wait("document.querySelector('.complaint').textContent.length > 0")
    tab.evaluate("document.querySelector('input[name=to]').value = '2026-08-22'")
    tab.click(".date-form .primary")
    tab.wait("location.search.includes('from=2026-08-20&to=2026-08-22')")
    dashboard.settle()
    tab.click("[data-chip=date]")
    tab.wait("location.search === ''")
    tab.evaluate("history.back()")
    tab.wait("location.search.includes('2026-08-20')")
    dashboard.settle()


@page("/")
def values_are_chosen_and_kept_in_the_url(dashboard, server):
    tab = dashboard.tab
    for picker in ("tier", "model", "client", "account"):
        dashboard.choose_first(picker)
    dashboard.settle()
    kept = dashboard.selection()
    tab.goto(server.origin + "/" + kept)
    dashboard.settle()
    check(tab.evaluate("document.querySelectorAll('.chip').length") == 4, "four chips after opening the shared address")
    tab.click(".reset")
    tab.wait("location.search === ''")
    dashboard.settle()


@page("/?sheet=user-detail")
def a_user_is_found_by_typing(dashboard, server):
    tab = dashboard.tab
    check(tab.evaluate("!!document.querySelector('[data-visual=u-ranking]')"), "User detail opens on a ranking")
    tab.click("[data-picker=user]")
    tab.wait("document.querySelectorAll('.option').length > 3")
    tab.type("onerror")
    tab.wait("document.querySelectorAll('.option').length === 1")
    check(HOSTILE_NAME in tab.text(".option"), "the name is shown as text")
    tab.key("Enter")
    tab.wait("location.search.includes('user=u-hostile')")
    tab.wait("!!document.querySelector('[data-visual=u-msgs]')")
    dashboard.settle()
    check(tab.text(".chip-name") == HOSTILE_NAME, "the chip shows the name as text")
    check(tab.evaluate("document.querySelectorAll('img').length") == 0, "no element came out of a name")


@page("/?sheet=people")
def a_row_opens_user_detail(dashboard, server):
    tab = dashboard.tab
    tab.wait("!!document.querySelector('[data-visual=p-all-users] .row-link')")
    name = tab.text("[data-visual=p-all-users] tbody tr:nth-child(2) .row-link")
    tab.click("[data-visual=p-all-users] tbody tr:nth-child(2) .row-link")
    tab.wait("location.search.includes('sheet=user-detail') && location.search.includes('user=')")
    dashboard.settle()
    check(tab.text(".chip-name") == name, "the chip names the user that was clicked")
    dashboard.go_back("?sheet=people")


@page("/?sheet=economics")
def clicking_a_chart_filters(dashboard, server):
    tab = dashboard.tab
    x, y, width, height = tab.box("[data-visual=e-users-by-tier] canvas")
    # The donut is left of the centre of the canvas.
    for step in range(2, 40):
        tab.click_at(x - width / 2 + step * width / 80, y)
        if "tier=" in dashboard.selection():
            break
    check("tier=" in dashboard.selection(), "a click on a slice chooses its plan")
    dashboard.settle()
    check(tab.evaluate("!!document.querySelector('[data-chip=tier]')"), "the choice is shown as a chip")


@page("/?sheet=people")
def tables_are_sorted_searched_and_paged(dashboard, server):
    tab = dashboard.tab
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


@test
def downloads_work(browser, server):
    with tempfile.TemporaryDirectory() as folder, DashboardTab(browser, server.origin) as dashboard:
        tab = dashboard.open("/")
        tab.allow_downloads(folder)
        for name in ("Download CSV", "Download PNG"):
            tab.click("[data-visual=a-credits] .card-menu")
            tab.click(f"text={name}")
            tab.wait("!document.querySelector('.popover')")
        tab.wait_for(lambda: {path.suffix for path in Path(folder).iterdir()} == {".csv", ".png"}, "both downloads")
        text = next(Path(folder).glob("*.csv")).read_text("utf-8-sig")
        check(text.startswith("Day,Client,Credits used"), text[:80])
        picture = next(Path(folder).glob("*.png")).read_bytes()
        check(picture.startswith(b"\x89PNG") and len(picture) > 10_000, "a picture of the chart")


@page("/")
def a_chart_can_be_read_as_a_table(dashboard, server):
    tab = dashboard.tab
    tab.evaluate("document.querySelector('[data-visual=a-credits] .card-menu').focus()")
    tab.key("Enter")
    tab.wait("document.activeElement.getAttribute('role') === 'menuitem'")
    tab.key("End")
    tab.key("Enter")
    tab.wait("document.querySelectorAll('[data-visual=a-credits] tbody tr').length > 20")
    tab.click("[data-visual=a-credits] .card-menu")
    tab.click("text=Show as chart")
    tab.wait("!!document.querySelector('[data-visual=a-credits] canvas')")


@page("/?sheet=budget")
def the_language_is_switched_and_remembered(dashboard, server):
    tab = dashboard.tab
    for name, code in (("한국어", "ko"), ("中文", "zh"), ("English", "en")):
        dashboard.switch_language(name, code)
        untranslated = tab.evaluate(
            "[...document.querySelectorAll('h3, .tab, .picker-label, th, .subtitle')].map((e) => e.textContent)"
            ".filter((t) => /^(visual|column|measure|picker|sheet|value|note|empty)\\.[a-z]/.test(t))"
        )
        check(not untranslated, untranslated)
    dashboard.switch_language("한국어", "ko")
    tab.goto(server.origin + "/")
    dashboard.settle()
    check(tab.evaluate("document.documentElement.lang") == "ko", "the language is remembered")
    tab.evaluate("localStorage.clear()")


@page("/", languages="zh-CN,zh;q=0.9")
def the_browsers_language_is_taken(dashboard, server):
    check(dashboard.tab.evaluate("document.documentElement.lang") == "zh", "Chinese for a Chinese browser")


@page("/")
def the_theme_is_switched_and_remembered(dashboard, server):
    tab = dashboard.tab
    tab.click("[data-action=theme]")
    tab.wait("document.documentElement.dataset.theme === 'dark'")
    tab.goto(server.origin + "/")
    dashboard.settle()
    check(tab.evaluate("document.documentElement.dataset.theme") == "dark", "the theme is remembered")
    tab.evaluate("localStorage.clear()")


@page("/", width=390, height=844, phone=True)
def a_phone_has_its_pickers_in_a_drawer(dashboard, server):
    tab = dashboard.tab
    check(not tab.evaluate("document.querySelector('.picker-row').getBoundingClientRect().height"), "closed at first")
    tab.click(".drawer-button")
    tab.wait("document.querySelector('.picker-row').getBoundingClientRect().height > 100")
    tab.click("[data-picker=tier]")
    tab.click(".choice input")
    tab.wait("location.search.includes('tier=')")
    tab.key("Escape")
    dashboard.settle()


@page("/?sheet=people")
def everything_has_a_name_and_can_be_reached(dashboard, server):
    tab = dashboard.tab
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
