"""Clicks on marks and rows: they add a choice to the pickers, and remove it on the second click."""

from playwright.sync_api import expect

from harness import check, live_page


@live_page("/")
def a_bar_of_a_day_chooses_that_day(dashboard, server):
    chart = dashboard.visual("a-new-returning")
    dashboard.centre(chart)
    dashboard.settle()
    dashboard.click_until("a-new-returning", [(0.3 + step / 200, 0.88) for step in range(100)])
    chosen = dict(pair.split("=") for pair in dashboard.selection()[1:].split("&"))
    check(chosen["from"] == chosen["to"], f"one day: {chosen}")
    dashboard.settle()
    expect(chart).to_have_attribute("data-state", "ready")
    # The only bar is in the middle.
    dashboard.click_until("a-new-returning", [(0.5, 0.88)])
    dashboard.page.wait_for_url(f"{server.origin}/")
    dashboard.settle()


@live_page("/?from=2026-08-05&to=2026-08-31")
def a_week_is_chosen_as_far_as_it_was_counted(dashboard, server):
    dashboard.centre(dashboard.visual("a-weekdays"))
    dashboard.settle()
    dashboard.click_until("a-weekdays", [(step / 100, 0.45) for step in range(5, 60)])
    check(dashboard.selection() == "?from=2026-08-05&to=2026-08-09", f"the rest of the first week: {dashboard.selection()}")
    dashboard.settle()


@live_page("/?sheet=people&tier=Pro")
def a_person_is_opened_whatever_their_plans(dashboard, server):
    dashboard.visual("p-all-users").locator(".row-link").first.click()
    dashboard.wait_for_url("user=")
    check("sheet=user-detail" in dashboard.selection(), dashboard.selection())
    dashboard.settle()
    check("tier" not in dashboard.selection(), f"no plan is left: {dashboard.selection()}")
    dashboard.go_back("?sheet=people&tier=Pro")


@live_page("/?sheet=economics")
def a_row_of_a_table_filters_like_a_slice(dashboard, server):
    table = dashboard.visual("e-unit-econ-table")
    # A visual below the screen loads when it is scrolled into view.
    dashboard.centre(table)
    links = table.locator("tbody .row-link")
    name = links.first.text_content()
    links.first.click()
    dashboard.wait_for_url("tier=")
    dashboard.settle()
    expect(dashboard.page.locator(".chip-name"), "the row's plan is the choice").to_have_text(name)
    expect(links).to_have_count(1)
    links.click()
    dashboard.page.wait_for_url(f"{server.origin}/?sheet=economics")
    dashboard.settle()


@live_page("/?sheet=health")
def every_cell_that_a_picker_knows_can_be_clicked(dashboard, server):
    rows = dashboard.visual("h-sources").locator("tbody tr")
    expect(rows.nth(2)).to_be_attached()
    cells = rows.first.evaluate("(row) => [...row.children].map((c) => !!c.querySelector('a'))")
    check(cells[:4] == [False, True, True, True], f"account, Region and client, not report: {cells}")


@live_page("/?client=KIRO_IDE")
def a_value_has_one_name_in_pickers_chips_and_charts(dashboard, server):
    page = dashboard.page
    expect(page.locator(".chip-name"), "in the chip").to_have_text("Kiro IDE")
    expect(page.locator("[data-picker=client] .picker-value"), "in the picker").to_have_text("Kiro IDE")
    page.locator("[data-picker=client]").click()
    expect(page.locator(".choice").nth(1)).to_be_visible()
    names = page.locator(".choice-name").all_text_contents()
    check("Kiro IDE" in names and not any("_" in name for name in names), names)


@live_page("/?from=2026-02-31&to=2026-08-31")
def a_day_that_never_was_is_no_choice(dashboard, server):
    dashboard.page.locator("[data-picker=date]").click()
    expect(dashboard.page.locator("input[name=from]"), "thirty days up to the end").to_have_value("2026-08-02")
