"""Tables: pages, search and focus while rows change."""

from harness import check, page

TABLE = "[data-visual=p-all-users]"
RANGE = f"document.querySelector('{TABLE} .pager span').textContent"


def turn_to_the_last_page(tab):
    tab.wait(f"document.querySelectorAll('{TABLE} tbody tr').length === 50")
    tab.evaluate(f"document.querySelector('{TABLE} [data-spot=right]').focus()")
    tab.key("Enter")
    tab.wait(f"{RANGE}.startsWith('51')")


@page("/?sheet=people")
def another_selection_begins_at_the_first_page(dashboard, server):
    turn_to_the_last_page(dashboard.tab)
    dashboard.choose_first("tier")
    dashboard.settle()
    dashboard.tab.wait(f"document.querySelector('{TABLE}').dataset.state === 'ready' && document.querySelectorAll('{TABLE} tbody tr').length > 0")
    check(dashboard.tab.evaluate(f"{RANGE}.startsWith('51')") is False, "the first rows of the plan")


@page("/?sheet=people")
def the_focus_stays_where_a_page_was_turned(dashboard, server):
    tab = dashboard.tab
    turn_to_the_last_page(tab)
    check(tab.evaluate("document.activeElement.dataset.spot") == "left", "the last page has only a way back")
    tab.wait(f"document.getElementById('announcements').textContent === {RANGE}")
    tab.evaluate(f"document.querySelector('{TABLE} [data-column=credits]').focus()")
    tab.key("Enter")
    tab.wait(f"document.querySelector('{TABLE} th[aria-sort=descending]')?.textContent.includes('Credits')")
    check(tab.evaluate("document.activeElement.dataset.column") == "credits", "and a sorted column keeps it, too")


@page("/?sheet=people&tier=Pro&client=KIRO_IDE")
def the_focus_of_a_removed_chip_goes_to_its_neighbour(dashboard, server):
    tab = dashboard.tab
    for left in ("client", None):
        tab.evaluate("document.querySelector('[data-chip]').focus()")
        tab.key("Enter")
        tab.wait(f"document.querySelectorAll('[data-chip]').length === {1 if left else 0}")
        found = tab.evaluate("document.activeElement.dataset.chip ?? document.activeElement.dataset.picker")
        check(found == "client", f"after a chip: {found}")


@page("/?sheet=people")
def nothing_typed_is_lost_while_rows_arrive(dashboard, server):
    tab = dashboard.tab
    tab.click(f"{TABLE} input.search")
    tab.evaluate("window.field = document.activeElement")
    tab.type("onerror")
    tab.wait(f"document.querySelectorAll('{TABLE} tbody tr').length === 1")
    tab.type(" ")
    tab.type("zzz")
    tab.wait(f"!!document.querySelector('{TABLE} .nothing')")
    check(tab.evaluate("document.activeElement === window.field && window.field.value") == "onerror zzz", "the same field, every letter")


@page("/?sheet=user-detail")
def enter_means_what_was_typed_not_what_was_listed(dashboard, server):
    tab = dashboard.tab
    tab.click("[data-picker=user]")
    tab.wait("document.querySelectorAll('.option').length > 3")
    tab.type("onerror")
    tab.key("Enter")
    tab.wait("location.search.includes('user=')")
    check("user=u-hostile" in dashboard.selection(), dashboard.selection())
    dashboard.settle()


@page("/?sheet=people")
def back_finds_the_table_as_it_was(dashboard, server):
    tab = dashboard.tab
    tab.click(f"{TABLE} [data-column=messages]")
    tab.wait(f"document.querySelector('{TABLE} th[aria-sort=descending]')?.textContent.includes('Messages')")
    turn_to_the_last_page(tab)
    tab.evaluate(f"document.querySelector('{TABLE} .pager').scrollIntoView({{block: 'end'}})")
    dashboard.settle()
    before = tab.evaluate("scrollY")
    check(before > 0, "the sheet is scrolled")
    tab.evaluate(f"document.querySelector('{TABLE} tbody .row-link').click()")
    tab.wait("location.search.includes('sheet=user-detail')")
    dashboard.settle()
    dashboard.go_back("?sheet=people")
    tab.wait(f"{RANGE}.startsWith('51')")
    check(tab.evaluate(f"!!document.querySelector('{TABLE} th[aria-sort=descending]')"), "sorted as before")
    tab.wait(f"Math.abs(scrollY - {before}) < 2")
