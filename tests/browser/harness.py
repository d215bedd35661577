"""The harness of all browser tests: a tab that fails on errors when it is closed, and the list of tests."""

import functools

from chromium import BrowserError

# Every visible card is drawn or has failed.
SETTLED = (
    "document.querySelectorAll('.card').length > 0 && [...document.querySelectorAll('.card')].every((c) => {"
    " const b = c.getBoundingClientRect(); const near = b.top < innerHeight && b.bottom > 0;"
    " return !near || ['ready', 'failed'].includes(c.dataset.state); })"
)
TESTS = []


def check(condition, claim):
    if not condition:
        raise AssertionError(claim)


class DashboardTab:
    """A tab on a dashboard. On exit, fails on console errors, failed visuals and requests to other hosts."""

    def __init__(self, browser, address, **settings):
        self.tab = browser.tab(**settings)
        self.address = address

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        try:
            if kind is None:
                self.assert_clean()
        finally:
            self.tab.close()

    def open(self, query=""):
        self.tab.goto(self.address + query)
        self.settle()
        return self.tab

    def settle(self):
        self.tab.frame()
        self.tab.wait(SETTLED)

    def selection(self):
        return self.tab.evaluate("location.search || location.hash")

    def go_back(self, search):
        """Goes back, and waits for a URL with this query string."""
        self.tab.evaluate("history.back()")
        self.tab.wait(f"location.search === '{search}'")
        self.settle()

    def open_sheet(self, sheet):
        self.tab.evaluate(f"document.querySelector('[data-sheet={sheet}]').click()")
        self.tab.wait(f"document.querySelector('[data-sheet={sheet}]').getAttribute('aria-selected') === 'true'")
        self.settle()

    def scroll_through(self):
        """Scrolls every visual into view once."""
        bottom = 0
        while bottom < self.tab.evaluate("document.documentElement.scrollHeight"):
            self.tab.evaluate(f"scrollTo(0, {bottom})")
            self.settle()
            bottom += 800

    def switch_language(self, name, code):
        self.tab.click("[data-action=language]")
        self.tab.click(f"text={name}")
        self.tab.wait(f"document.documentElement.lang === '{code}'")
        self.settle()

    def choose_first(self, picker):
        """Chooses the first value of a picker."""
        self.tab.click(f"[data-picker={picker}]")
        self.tab.click(".choice input")
        self.tab.wait(f"new URLSearchParams(location.search || location.hash.slice(1)).has({picker!r})")
        self.tab.key("Escape")
        self.tab.wait("!document.querySelector('.popover')")

    def assert_clean(self):
        self.tab.frame()
        failed = self.tab.evaluate("[...document.querySelectorAll('.card[data-state=failed]')].map((c) => c.dataset.visual)")
        foreign = self.tab.foreign_requests(self.address.split("?")[0].rstrip("/"))
        check(not self.tab.errors, f"console: {self.tab.errors[:3]}")
        check(not foreign, f"requests to other hosts: {foreign[:3]}")
        check(not failed, f"visuals failed: {failed}")


def test(function):
    """Registers a test of `(browser, server)`."""
    TESTS.append(function)
    return function


def page(query, **settings):
    """Registers a test of `(dashboard, server)`, in a new tab on the live page at `query`."""

    def decorate(function):
        @functools.wraps(function)
        def run(browser, server):
            with DashboardTab(browser, server.origin, **settings) as dashboard:
                dashboard.open(query)
                function(dashboard, server)

        return test(run)

    return decorate


def report_file(*words, at=""):
    """Registers a test of `(dashboard)`, in a new tab on a report file of the server's data at `#…`."""

    def decorate(function):
        @functools.wraps(function)
        def run(browser, server):
            with DashboardTab(browser, server.report(*words).as_uri()) as dashboard:
                dashboard.open(at)
                function(dashboard)

        return test(run)

    return decorate


__all__ = ["TESTS", "BrowserError", "DashboardTab", "check", "page", "report_file", "test"]
