"""The report file: the same page without a server."""

from server import HOSTILE_NAME
from walk import check, report_file


@report_file()
def a_report_works_without_a_server(walk):
    tab = walk.tab
    check(tab.evaluate("document.querySelectorAll('.card').length") > 5, "the first sheet is there")
    for sheet in ("people", "user-detail", "code", "budget", "health", "economics"):
        tab.click(f"[data-sheet={sheet}]")
        tab.wait(f"location.hash.includes('{sheet}')")
        walk.scroll_through()
    tab.click("[data-picker=date]")
    tab.click("[data-preset=last_7]")
    tab.wait("location.hash.includes('from=')")
    walk.settle()
    walk.choose_first("tier")
    walk.settle()
    tab.click("[data-sheet=people]")
    walk.settle()
    walk.speak("한국어", "ko")
    check(tab.evaluate("document.querySelectorAll('img').length") == 0, "no element came out of a name")
    check(not [url for url in tab.requests if url.startswith("http")], tab.requests)


@report_file(at="#sheet=people")
def a_report_has_plans_and_clients_together_and_a_page_per_person(walk):
    tab = walk.tab
    walk.choose_first("tier")
    walk.choose_first("client")
    check("tier=" in walk.selection() and "client=" in walk.selection(), walk.selection())
    walk.scroll_through()
    name = tab.text("[data-visual=p-all-users] tbody tr:nth-child(2) .row-link")
    tab.click("[data-visual=p-all-users] tbody tr:nth-child(2) .row-link")
    tab.wait("location.hash.includes('sheet=user-detail') && location.hash.includes('user=')")
    walk.scroll_through()
    check(tab.text(".chip-name") == name, "the chip names the user that was clicked")
    check("tier=" not in walk.selection(), "a person is shown whole")
    tab.click("[data-picker=user]")
    tab.type(HOSTILE_NAME[:12])
    tab.wait("document.querySelectorAll('.option').length === 1")
    tab.key("Enter")
    tab.wait("location.hash.includes('user=u-hostile')")
    walk.scroll_through()
    check(tab.evaluate("document.querySelectorAll('img').length") == 0, "no element came out of a name")
    tab.click("[data-sheet=budget]")
    tab.wait("location.hash.includes('sheet=budget')")
    check("user=" not in walk.selection(), "other sheets are about everybody")
    walk.scroll_through()


@report_file("anonymous", at="#sheet=people")
def an_anonymous_report_names_nobody(walk):
    walk.tab.wait("document.querySelectorAll('[data-visual=p-all-users] tbody tr').length > 5")
    text = walk.tab.evaluate("document.body.innerText")
    check("@example.com" not in text and "User " in text, "pseudonyms only")
