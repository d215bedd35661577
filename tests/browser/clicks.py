"""Clicks on marks and rows: they add a choice to the pickers, and remove it on the second click."""

from harness import check, page


def click_until(dashboard, selector, points):
    """Clicks at points of a chart's canvas, as fractions from its top left, until the selection changes."""
    before = dashboard.selection()
    x, y, width, height = dashboard.tab.box(f"{selector} canvas")
    for right, down in points:
        dashboard.tab.click_at(x + (right - 0.5) * width, y + (down - 0.5) * height)
        if dashboard.selection() != before:
            return
    raise AssertionError(f"nothing of {selector} was hit")


@page("/")
def a_bar_of_a_day_chooses_that_day(dashboard, server):
    tab = dashboard.tab
    chart = "[data-visual=a-new-returning]"
    tab.box(chart)
    dashboard.settle()
    click_until(dashboard, chart, [(0.3 + step / 200, 0.88) for step in range(100)])
    chosen = dict(pair.split("=") for pair in dashboard.selection()[1:].split("&"))
    check(chosen["from"] == chosen["to"], f"one day: {chosen}")
    dashboard.settle()
    tab.wait(f"document.querySelector('{chart}').dataset.state === 'ready'")
    # The only bar is in the middle.
    x, y, _, height = tab.box(f"{chart} canvas")
    tab.click_at(x, y + 0.38 * height)
    tab.wait("location.search === ''")
    dashboard.settle()


@page("/?from=2026-08-05&to=2026-08-31")
def a_week_is_chosen_as_far_as_it_was_counted(dashboard, server):
    tab = dashboard.tab
    tab.box("[data-visual=a-weekdays]")
    dashboard.settle()
    click_until(dashboard, "[data-visual=a-weekdays]", [(step / 100, 0.45) for step in range(5, 60)])
    check(dashboard.selection() == "?from=2026-08-05&to=2026-08-09", f"the rest of the first week: {dashboard.selection()}")
    dashboard.settle()


@page("/?sheet=people&tier=Pro")
def a_person_is_opened_whatever_their_plans(dashboard, server):
    tab = dashboard.tab
    tab.wait("!!document.querySelector('[data-visual=p-all-users] .row-link')")
    tab.click("[data-visual=p-all-users] .row-link")
    tab.wait("location.search.includes('sheet=user-detail') && location.search.includes('user=')")
    dashboard.settle()
    check("tier" not in dashboard.selection(), f"no plan is left: {dashboard.selection()}")
    dashboard.go_back("?sheet=people&tier=Pro")


@page("/?sheet=economics")
def a_row_of_a_table_filters_like_a_slice(dashboard, server):
    tab = dashboard.tab
    link = "[data-visual=e-unit-econ-table] tbody .row-link"
    tab.box("[data-visual=e-unit-econ-table]")
    name = tab.text(link)
    tab.click(link)
    tab.wait("location.search.includes('tier=')")
    dashboard.settle()
    check(tab.text(".chip-name") == name, "the row's plan is the choice")
    tab.wait(f"document.querySelectorAll('{link}').length === 1")
    tab.click(link)
    tab.wait("!location.search.includes('tier=')")
    dashboard.settle()


@page("/?sheet=health")
def every_cell_that_a_picker_knows_can_be_clicked(dashboard, server):
    tab = dashboard.tab
    tab.wait("document.querySelectorAll('[data-visual=h-sources] tbody tr').length > 2")
    cells = tab.evaluate("[...document.querySelector('[data-visual=h-sources] tbody tr').children].map((c) => !!c.querySelector('a'))")
    check(cells[:4] == [False, True, False, True], f"account and client, not report and Region: {cells}")


@page("/?client=KIRO_IDE")
def a_value_has_one_name_in_pickers_chips_and_charts(dashboard, server):
    tab = dashboard.tab
    check(tab.text(".chip-name") == "Kiro IDE", tab.text(".chip-name"))
    check(tab.text("[data-picker=client] .picker-value") == "Kiro IDE", "in the picker")
    tab.click("[data-picker=client]")
    tab.wait("document.querySelectorAll('.choice').length > 1")
    names = tab.evaluate("[...document.querySelectorAll('.choice-name')].map((n) => n.textContent)")
    check("Kiro IDE" in names and not any("_" in name for name in names), names)


@page("/?from=2026-02-31&to=2026-08-31")
def a_day_that_never_was_is_no_choice(dashboard, server):
    dashboard.tab.click("[data-picker=date]")
    check(dashboard.tab.evaluate("document.querySelector('input[name=from]').value") == "2026-08-02", "thirty days up to the end")
