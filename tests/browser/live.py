"""The live page: every sheet, picker, click-through, download, language and theme, on a desktop and on a phone."""

from pathlib import Path

from playwright.sync_api import expect

from harness import PHONE, check, dashboard_tab, live_page, test
from server import HOSTILE_NAME


@test
def every_sheet_draws_in_both_themes_and_sizes(browser, server):
    sheets = server.get("/api/dashboard")["sheets"]
    for settings in ({}, {"color_scheme": "dark"}, PHONE):
        with dashboard_tab(browser, server.origin, **settings) as dashboard:
            page = dashboard.open("/")
            for sheet in sheets:
                dashboard.open_sheet(sheet["id"])
                shown = [v for v in sheet["visuals"] if v["show"] != "user"]
                count = page.locator(".card").count()
                check(count == len(shown), f"{sheet['id']}: {count} cards, expected {len(shown)}")
                dashboard.scroll_through()
                wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
                check(wide <= 1, f"{sheet['id']} is {wide} px wider than the screen")


@live_page("/")
def tabs_are_moved_through_by_keyboard(dashboard, server):
    page = dashboard.page
    page.get_by_role("tab", selected=True).focus()
    for key, query in (("ArrowRight", "?sheet=economics"), ("End", "?sheet=health"), ("Home", "")):
        page.keyboard.press(key)
        page.wait_for_url(f"{server.origin}/{query}")
    dashboard.settle()
    expect(page.get_by_role("tab").first).to_have_text("Activity & Trends")


@live_page("/")
def dates_are_chosen_by_preset_and_by_hand(dashboard, server):
    page = dashboard.page
    messages = dashboard.visual("a-kpi-messages").locator(".kpi-value")
    first = messages.text_content()
    page.locator("[data-picker=date]").click()
    page.locator("[data-preset=last_7]").click()
    dashboard.wait_for_url("from=2026-08-25&to=2026-08-31")
    dashboard.settle()
    expect(messages).not_to_have_text(first)
    page.locator("[data-picker=date]").click()
    page.locator("input[name=from]").fill("2026-08-20")
    page.locator("input[name=to]").fill("2026-08-01")
    page.locator(".date-form .primary").click()
    expect(page.locator(".complaint")).not_to_be_empty()
    page.locator("input[name=to]").fill("2026-08-22")
    page.locator(".date-form .primary").click()
    dashboard.wait_for_url("from=2026-08-20&to=2026-08-22")
    dashboard.settle()
    page.locator("[data-chip=date]").click()
    page.wait_for_url(f"{server.origin}/")
    dashboard.go_back("?from=2026-08-20&to=2026-08-22")


@live_page("/")
def values_are_chosen_and_kept_in_the_url(dashboard, server):
    page = dashboard.page
    for picker in ("tier", "model", "client", "account", "region"):
        dashboard.choose_first(picker)
    dashboard.settle()
    dashboard.open("/" + dashboard.selection())
    expect(page.locator(".chip"), "five chips after opening the shared address").to_have_count(5)
    page.locator(".reset").click()
    page.wait_for_url(f"{server.origin}/")
    dashboard.settle()


@live_page("/")
def a_picker_without_a_choice_is_shown_while_it_has_one(dashboard, server):
    page = dashboard.page
    team = page.locator("[data-picker=team]")
    expect(page.locator("[data-picker=region]"), "two Regions").to_be_visible()
    expect(team, "no teams").to_have_count(0)
    dashboard.open("/?team=Nobody")
    expect(team, "a choice is never hidden").to_be_visible()
    expect(page.locator("[data-chip=team] .chip-name")).to_have_text("Nobody")
    page.locator("[data-chip=team]").click()
    page.wait_for_url(f"{server.origin}/")
    expect(team, "no control disappears while it is used").to_be_visible()
    dashboard.open("/")
    expect(team).to_have_count(0)


@live_page("/?sheet=user-detail")
def a_user_is_found_by_typing(dashboard, server):
    page = dashboard.page
    expect(dashboard.visual("u-ranking"), "User detail opens on a ranking").to_be_attached()
    page.locator("[data-picker=user]").click()
    options = page.get_by_role("option")
    expect(options.nth(3)).to_be_attached()
    page.keyboard.type("onerror")
    expect(options).to_have_count(1)
    expect(options, "the name is shown as text").to_contain_text(HOSTILE_NAME)
    page.keyboard.press("Enter")
    dashboard.wait_for_url("user=u-hostile")
    expect(dashboard.visual("u-msgs")).to_be_attached()
    dashboard.settle()
    expect(page.locator(".chip-name"), "the chip shows the name as text").to_have_text(HOSTILE_NAME)
    check(not page.locator("img").count(), "no element came out of a name")


@live_page("/?sheet=people")
def a_row_opens_user_detail(dashboard, server):
    link = dashboard.visual("p-all-users").locator("tbody tr:nth-child(2) .row-link")
    name = link.text_content()
    link.click()
    dashboard.wait_for_url("sheet=user-detail&user=")
    dashboard.settle()
    expect(dashboard.page.locator(".chip-name"), "the chip names the user that was clicked").to_have_text(name)
    dashboard.go_back("?sheet=people")


@live_page("/?sheet=economics")
def clicking_a_chart_filters(dashboard, server):
    # The donut is left of the centre of the canvas.
    dashboard.click_until("e-users-by-tier", [(step / 80, 0.5) for step in range(2, 40)])
    check("tier=" in dashboard.selection(), "a click on a slice chooses its plan")
    dashboard.settle()
    expect(dashboard.page.locator("[data-chip=tier]"), "the choice is shown as a chip").to_be_visible()


@live_page("/?sheet=people")
def tables_are_sorted_searched_and_paged(dashboard, server):
    page = dashboard.page
    table = dashboard.visual("p-all-users")
    rows = table.locator("tbody tr")
    expect(rows.nth(10)).to_be_attached()
    for direction in ("descending", "ascending"):
        table.locator("[data-column=messages]").click()
        expect(table.locator(f"th[aria-sort={direction}]")).to_contain_text("Messages")
    first = rows.first.text_content()
    table.locator("[data-spot=right]").click()
    expect(rows.first).not_to_have_text(first)
    table.locator("input.search").click()
    page.keyboard.type("onerror")
    expect(rows).to_have_count(1)
    expect(table.locator("input.search"), "the focus stays in the search").to_be_focused()


@live_page("/")
def downloads_work(dashboard, server):
    rows = dashboard.download("a-credits", "Download CSV")
    check(rows.suggested_filename.endswith(".csv"), rows.suggested_filename)
    text = Path(rows.path()).read_text("utf-8-sig")
    check(text.startswith("Day,Client,Credits used"), text[:80])
    picture = dashboard.download("a-credits", "Download PNG")
    check(picture.suggested_filename.endswith(".png"), picture.suggested_filename)
    content = Path(picture.path()).read_bytes()
    check(content.startswith(b"\x89PNG") and len(content) > 10_000, "a picture of the chart")


@live_page("/")
def a_chart_can_be_read_as_a_table(dashboard, server):
    page = dashboard.page
    chart = dashboard.visual("a-credits")
    chart.locator(".card-menu").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("menuitem").first).to_be_focused()
    page.keyboard.press("End")
    page.keyboard.press("Enter")
    expect(chart.locator("tbody tr").nth(20)).to_be_attached()
    chart.locator(".card-menu").click()
    page.get_by_role("menuitem", name="Show as chart").click()
    expect(chart.locator("canvas")).to_be_visible()


@live_page("/?sheet=budget")
def the_language_is_switched_and_remembered(dashboard, server):
    page = dashboard.page
    for name, code in (("한국어", "ko"), ("中文", "zh"), ("English", "en")):
        dashboard.switch_language(name, code)
        untranslated = page.evaluate(
            "[...document.querySelectorAll('h3, .tab, .picker-label, th, .subtitle')].map((e) => e.textContent)"
            ".filter((t) => /^(visual|column|measure|picker|sheet|value|note|empty)\\.[a-z]/.test(t))"
        )
        check(not untranslated, untranslated)
    dashboard.switch_language("한국어", "ko")
    dashboard.open("/")
    expect(page.locator("html"), "the language is remembered").to_have_attribute("lang", "ko")


@live_page("/", locale="zh-CN")
def the_browsers_language_is_taken(dashboard, server):
    expect(dashboard.page.locator("html"), "Chinese for a Chinese browser").to_have_attribute("lang", "zh")


@live_page("/")
def the_theme_is_switched_and_remembered(dashboard, server):
    html = dashboard.page.locator("html")
    dashboard.page.locator("[data-action=theme]").click()
    expect(html).to_have_attribute("data-theme", "dark")
    dashboard.open("/")
    expect(html, "the theme is remembered").to_have_attribute("data-theme", "dark")


@live_page("/", **PHONE)
def a_phone_has_its_pickers_in_a_drawer(dashboard, server):
    page = dashboard.page
    check(not page.locator(".picker-row").is_visible(), "closed at first")
    page.locator(".drawer-button").click()
    dashboard.wait_for("document.querySelector('.picker-row').getBoundingClientRect().height > 100")
    dashboard.choose_first("tier")
    dashboard.settle()


@live_page("/?sheet=people")
def everything_has_a_name_and_can_be_reached(dashboard, server):
    page = dashboard.page
    nameless = page.evaluate(
        "[...document.querySelectorAll('button, a[href], input, [role=region], section, canvas')]"
        ".filter((e) => !(e.textContent.trim() || e.getAttribute('aria-label') || e.getAttribute('aria-labelledby')"
        " || e.closest('[aria-label]') || e.labels?.length)).map((e) => e.outerHTML.slice(0, 120))"
    )
    check(not nameless, nameless[:3])
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("Tab")
    expect(page.locator(".skip"), "the first stop skips to the sheet").to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#sheet-title"), "and goes there").to_be_focused()
