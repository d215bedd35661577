"""The harness of all browser tests: the browser, a tab that fails on errors when it is closed, and the list of tests."""

import contextlib
import functools
import json
import os
import shutil

from playwright.sync_api import expect, sync_playwright

from server import TIMEOUT_S

DESKTOP = {"viewport": {"width": 1440, "height": 900}, "locale": "en-US", "reduced_motion": "reduce"}
PHONE = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}
# Resolves when the page has drawn twice, so that observers and timers without delay have run.
DRAWN = "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done))))"
# Every visible card is drawn or has failed.
SETTLED = (
    "document.querySelectorAll('.card').length > 0 && [...document.querySelectorAll('.card')].every((c) => {"
    " const b = c.getBoundingClientRect(); const near = b.top < innerHeight && b.bottom > 0;"
    " return !near || ['ready', 'failed'].includes(c.dataset.state); })"
)
# Playwright's `wait_for_function` evaluates its text inside the page, which the page's Content Security Policy forbids.
WAIT_FOR = """async () => {
  const end = performance.now() + %d;
  let value;
  while (!(value = await (%s))) {
    if (performance.now() > end) throw new Error('timed out waiting for: ' + %s);
    await new Promise(requestAnimationFrame);
  }
  return value;
}"""
TESTS = []

expect.set_options(timeout=1000 * TIMEOUT_S)


def check(condition, claim):
    if not condition:
        raise AssertionError(claim)


@contextlib.contextmanager
def chromium():
    """Launches a headless Chromium: the program that CHROMIUM names, or that of the Debian package."""
    program = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    if not program:
        raise RuntimeError("no chromium found: install the Debian package `chromium`, or set CHROMIUM")
    with sync_playwright() as playwright, playwright.chromium.launch(executable_path=program, timeout=1000 * TIMEOUT_S) as browser:
        yield browser


@contextlib.contextmanager
def new_context(browser, **settings):
    """A browser context: a profile of its own. Settings are those of Playwright's `new_context`."""
    with browser.new_context(**{**DESKTOP, **settings}) as context:
        context.set_default_timeout(1000 * TIMEOUT_S)
        yield context


@contextlib.contextmanager
def dashboard_tab(browser, address, **settings):
    """A tab in a context of its own. On exit, fails on console errors, failed visuals and requests to other hosts."""
    with new_context(browser, **settings) as context:
        dashboard = DashboardTab(context, address)
        try:
            yield dashboard
        except Exception as error:
            error.add_note(f"console: {dashboard.errors[:5]}")
            raise
        dashboard.assert_clean()


class DashboardTab:
    """A new tab of a context, for a dashboard at this address."""

    def __init__(self, context, address):
        self.page = context.new_page()
        self.address = address
        self.errors = []
        self.requests = []
        self.page.on("console", self.record)
        self.page.on("pageerror", lambda error: self.errors.append(error.stack or error.message))
        self.page.on("request", lambda request: self.requests.append(request.url))

    def record(self, message):
        if message.type in ("error", "warning", "assert"):
            self.errors.append(f"{message.text} {message.location['url']}")

    def open(self, query=""):
        self.page.goto(self.address + query)
        self.settle()
        return self.page

    def wait_for(self, condition):
        """Waits until a JavaScript expression, or what it promises, is true, and returns its value."""
        return self.page.evaluate(WAIT_FOR % (1000 * TIMEOUT_S, condition, json.dumps(condition)))

    def wait_for_url(self, part):
        self.page.wait_for_url(lambda url: part in url)

    def settle(self):
        self.page.evaluate(DRAWN)
        self.wait_for(SETTLED)

    def visual(self, name):
        return self.page.locator(f"[data-visual={name}]")

    def selection(self):
        """The selection in the page's URL. `page.url` follows a click too late."""
        return self.page.evaluate("location.search || location.hash")

    def centre(self, locator):
        """Scrolls an element to the centre of the screen, and returns its box."""
        locator.evaluate("(e) => e.scrollIntoView({ block: 'center', inline: 'nearest' })")
        return locator.bounding_box()

    def click_until(self, visual, points):
        """Clicks at points of a chart's canvas, as fractions from its top left, until the selection changes."""
        before = self.selection()
        box = self.centre(self.visual(visual).locator("canvas"))
        for right, down in points:
            self.page.mouse.click(box["x"] + right * box["width"], box["y"] + down * box["height"])
            if self.selection() != before:
                return
        raise AssertionError(f"no mark of {visual} was clicked")

    def go_back(self, query):
        """Goes back, and waits for a URL with this query."""
        self.page.go_back()
        self.page.wait_for_url(f"{self.address}/{query}")
        self.settle()

    def open_sheet(self, sheet):
        tab = self.page.locator(f"[data-sheet={sheet}]")
        tab.click()
        expect(tab).to_have_attribute("aria-selected", "true")
        self.settle()

    def scroll_through(self):
        """Scrolls every visual into view once."""
        bottom = 0
        while bottom < self.page.evaluate("document.documentElement.scrollHeight"):
            self.page.evaluate(f"scrollTo(0, {bottom})")
            self.settle()
            bottom += 800

    def switch_language(self, name, code):
        self.page.locator("[data-action=language]").click()
        self.page.get_by_role("menuitemradio", name=name).click()
        expect(self.page.locator("html")).to_have_attribute("lang", code)
        self.settle()

    def choose_first(self, picker):
        """Chooses the first value of a picker."""
        self.page.locator(f"[data-picker={picker}]").click()
        self.page.locator(".choice input").first.click()
        self.wait_for_url(f"{picker}=")
        self.page.keyboard.press("Escape")
        expect(self.page.locator(".popover")).to_have_count(0)

    def download(self, visual, entry):
        """Downloads a visual by an entry of its menu."""
        self.visual(visual).locator(".card-menu").click()
        with self.page.expect_download() as download:
            self.page.get_by_role("menuitem", name=entry).click()
        expect(self.page.locator(".popover")).to_have_count(0)
        return download.value

    def assert_clean(self):
        self.page.evaluate(DRAWN)
        failed = self.page.locator(".card[data-state=failed]").evaluate_all("(cards) => cards.map((c) => c.dataset.visual)")
        foreign = [url for url in self.requests if not url.startswith((self.address, "data:", "blob:", "about:"))]
        check(not self.errors, f"console: {self.errors[:3]}")
        check(not foreign, f"requests to other hosts: {foreign[:3]}")
        check(not failed, f"visuals failed: {failed}")


def test(function):
    """Registers a test of `(browser, server)`."""
    TESTS.append(function)
    return function


def live_page(query, **settings):
    """Registers a test of `(dashboard, server)`, in a new tab on the live page at `query`."""

    def decorate(function):
        @functools.wraps(function)
        def run(browser, server):
            with dashboard_tab(browser, server.origin, **settings) as dashboard:
                dashboard.open(query)
                function(dashboard, server)

        return test(run)

    return decorate


def report_file(*words, at=""):
    """Registers a test of `(dashboard)`, in a new tab on a report file of the server's data at `#…`."""

    def decorate(function):
        @functools.wraps(function)
        def run(browser, server):
            with dashboard_tab(browser, server.report(*words).as_uri()) as dashboard:
                dashboard.open(at)
                function(dashboard)

        return test(run)

    return decorate
