"""Tables: pages, search and focus while rows change."""

import re

from playwright.sync_api import expect

from harness import check, live_page

LAST_PAGE = re.compile("^51")


def users(dashboard):
    return dashboard.visual("p-all-users")


def range_of(table):
    return table.locator(".pager span").first


def turn_to_the_last_page(dashboard):
    table = users(dashboard)
    expect(table.locator("tbody tr")).to_have_count(50)
    table.locator("[data-spot=right]").press("Enter")
    expect(range_of(table)).to_have_text(LAST_PAGE)


@live_page("/?sheet=people")
def another_selection_begins_at_the_first_page(dashboard, server):
    turn_to_the_last_page(dashboard)
    dashboard.choose_first("tier")
    dashboard.settle()
    table = users(dashboard)
    expect(table).to_have_attribute("data-state", "ready")
    expect(table.locator("tbody tr").first).to_be_attached()
    expect(range_of(table), "the first rows of the plan").not_to_have_text(LAST_PAGE)


@live_page("/?sheet=people")
def the_focus_stays_where_a_page_was_turned(dashboard, server):
    turn_to_the_last_page(dashboard)
    table = users(dashboard)
    expect(table.locator("[data-spot=left]"), "the last page has only a way back").to_be_focused()
    expect(dashboard.page.locator("#announcements")).to_have_text(range_of(table).text_content())
    table.locator("[data-column=credits]").press("Enter")
    expect(table.locator("th[aria-sort=descending]")).to_contain_text("Credits")
    expect(table.locator("[data-column=credits]"), "and a sorted column keeps it, too").to_be_focused()


@live_page("/?sheet=people&tier=Pro&client=KIRO_IDE")
def the_focus_of_a_removed_chip_goes_to_its_neighbour(dashboard, server):
    chips = dashboard.page.locator("[data-chip]")
    for left, neighbour in ((1, "[data-chip=client]"), (0, "[data-picker=client]")):
        chips.first.press("Enter")
        expect(chips).to_have_count(left)
        expect(dashboard.page.locator(neighbour)).to_be_focused()


@live_page("/?sheet=people")
def nothing_typed_is_lost_while_rows_arrive(dashboard, server):
    page = dashboard.page
    table = users(dashboard)
    table.locator("input.search").click()
    page.evaluate("window.field = document.activeElement")
    page.keyboard.type("onerror")
    expect(table.locator("tbody tr")).to_have_count(1)
    page.keyboard.type(" zzz")
    expect(table.locator(".nothing")).to_be_attached()
    check(page.evaluate("document.activeElement === window.field && window.field.value") == "onerror zzz", "the same field, every letter")


@live_page("/?sheet=user-detail")
def enter_means_what_was_typed_not_what_was_listed(dashboard, server):
    page = dashboard.page
    page.locator("[data-picker=user]").click()
    expect(page.get_by_role("option").nth(3)).to_be_attached()
    # At once, so that the list still shows other users.
    page.keyboard.insert_text("onerror")
    page.keyboard.press("Enter")
    dashboard.wait_for_url("user=")
    check("user=u-hostile" in dashboard.selection(), dashboard.selection())
    dashboard.settle()


@live_page("/?sheet=people")
def back_finds_the_table_as_it_was(dashboard, server):
    table = users(dashboard)
    table.locator("[data-column=messages]").click()
    expect(table.locator("th[aria-sort=descending]")).to_contain_text("Messages")
    turn_to_the_last_page(dashboard)
    table.locator(".pager").evaluate("(pager) => pager.scrollIntoView({ block: 'end' })")
    dashboard.settle()
    before = dashboard.page.evaluate("scrollY")
    check(before > 0, "the sheet is scrolled")
    # A click by mouse would scroll to the row.
    table.locator("tbody .row-link").first.dispatch_event("click")
    dashboard.wait_for_url("sheet=user-detail")
    dashboard.settle()
    dashboard.go_back("?sheet=people")
    expect(range_of(table)).to_have_text(LAST_PAGE)
    expect(table.locator("th[aria-sort=descending]"), "sorted as before").to_contain_text("Messages")
    dashboard.wait_for(f"Math.abs(scrollY - {before}) < 2")
