"""The layout of the page on screens of all widths, and on paper."""

from harness import DRAWN, PHONE, check, dashboard_tab, live_page, test

SIZES = [(1440, 900), (1280, 800), (1024, 768), (390, 844), (360, 740)]
# The parts of headline cards that are outside the card, or over its title.
CUT_OFF = """[...document.querySelectorAll('.kind-kpi')].flatMap((card) => {
  const box = card.getBoundingClientRect();
  const head = card.querySelector('.card-head').getBoundingClientRect();
  return [...card.querySelectorAll('h3, .subtitle, .kpi-value, .delta, .notes')].filter((e) => {
    const b = e.getBoundingClientRect();
    return b.left < box.left || b.right > box.right || b.bottom > box.bottom || (!e.closest('.card-head') && b.top < head.bottom - 1);
  }).map((e) => `${card.dataset.visual} ${e.className}`);
})"""


@test
def headlines_show_number_change_and_notes_at_every_width(browser, server):
    for width, height in SIZES:
        settings = {**(PHONE if width < 640 else {}), "viewport": {"width": width, "height": height}}
        with dashboard_tab(browser, server.origin, **settings) as dashboard:
            # All days have no previous period, which gives the longest text beside a number.
            for query in ("/?from=2026-05-04&to=2026-08-31", "/?sheet=budget&model=claude-sonnet-4.5"):
                cut_off = dashboard.open(query).evaluate(CUT_OFF)
                check(not cut_off, f"{query} at {width} px: {cut_off[:4]}")
            note = dashboard.visual("b-kpi-used").locator(".notes")
            check(note.is_visible() and "Not affected by Model" in note.text_content(), f"the note is seen at {width} px")


@live_page("/?sheet=people", color_scheme="dark")
def a_print_out_is_light_and_has_everything(dashboard, server):
    page = dashboard.page
    page.evaluate(
        # `void`, as Playwright calls a function that an expression returns.
        "void (window.print = () => { dispatchEvent(new Event('beforeprint'));"
        " window.printed = { theme: document.documentElement.dataset.theme,"
        "   missing: [...document.querySelectorAll('.card')].filter((c) => c.dataset.state !== 'ready').map((c) => c.dataset.visual) };"
        " dispatchEvent(new Event('afterprint')); })"
    )
    page.get_by_role("button", name="Print").click()
    printed = dashboard.wait_for("window.printed")
    check(printed == {"theme": "light", "missing": []}, printed)
    check(page.evaluate("document.documentElement.dataset.theme") == "dark", "the screen stays dark")
    fits = page.evaluate("[...document.querySelectorAll('.chart')].map((c) => c.firstChild.offsetWidth - c.clientWidth)")
    check(fits and not any(fits), f"charts fit into their boxes again: {fits}")
    page.emulate_media(media="print")
    # A4 without margins.
    page.set_viewport_size({"width": 718, "height": 1000})
    page.evaluate(DRAWN)
    hidden = page.evaluate(
        "[...document.querySelectorAll('.table-scroll')].filter((e) => getComputedStyle(e).overflowY !== 'visible'"
        " || e.firstChild.offsetHeight > e.clientHeight + 1 || e.firstChild.offsetWidth > e.closest('.card').clientWidth)"
        ".map((e) => e.closest('.card').dataset.visual)"
    )
    check(not hidden, f"cut off on paper: {hidden}")
