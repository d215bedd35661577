"""The names of users: the count in the header, the screen with search, import and forgetting, and a roster that is dropped."""

import re

from playwright.sync_api import expect

from harness import PHONE, DashboardTab, check, new_context, test
from server import HOSTILE_NAME, Server

ROSTER = f"""email;name;team
{HOSTILE_NAME};Helga Hostile;Payments
new.hire@example.com;New Hire;Platform
"""
WRONG = "email,name,team\na@example.com,Ann,Payments\n,Bob,Payments\nc@example.com,Cy\n"


def csv(name, text):
    return {"name": name, "mimeType": "text/csv", "buffer": text.encode()}


def drop(page, name, text):
    """Drops a file on the page."""
    transfer = page.evaluate_handle(
        "([name, text]) => { const data = new DataTransfer(); data.items.add(new File([text], name, { type: 'text/csv' })); return data; }",
        [name, text],
    )
    page.dispatch_event("body", "drop", {"dataTransfer": transfer})


@test
def a_roster_gives_names_and_a_person_is_forgotten(browser, server):
    with Server(server.program, users=4, days=8) as own, new_context(browser) as context:
        own.wait_until_ready()
        dashboard = DashboardTab(context, own.origin)
        page = dashboard.open("/?sheet=people")
        button = page.locator("[data-action=people]")
        expect(button).to_have_text("No names yet")
        button.click()
        dialog = page.locator("dialog.people")
        rows = dialog.locator("tbody tr")
        expect(dialog.locator(".people-summary")).to_contain_text("0 of 5 named")
        expect(dialog.locator(".people-summary")).to_contain_text("Never read")
        expect(rows).to_have_count(5)

        # A wrong roster: its rows by line, and nothing imported.
        chooser = dialog.locator("input[type=file]")
        chooser.set_input_files([csv("wrong.csv", WRONG)])
        expect(dialog.locator(".complaint")).to_have_text("2 wrong rows")
        expect(dialog.locator(".failures")).to_contain_text("Line 3")
        expect(dialog.locator(".failures")).to_contain_text("the number of cells is 2, expected 3")
        expect(rows).to_have_count(5)
        # The console has the refusal, which is expected.
        dashboard.errors.clear()

        chooser.set_input_files([csv("hr.csv", ROSTER)])
        expect(dialog.locator(".upload-result")).to_contain_text("2 rows were imported, 1 of them of known users.")
        expect(rows).to_have_count(6)
        expect(dialog.locator(".people-summary")).to_contain_text("1 of 5 named")
        expect(dialog.locator(".people-summary")).to_contain_text("hr.csv")
        expect(button).to_have_text(re.compile("^1 of 5 named, (now|.* ago)$"))
        dialog.locator("input.search").fill("helga payments")
        expect(rows).to_have_count(1)
        expect(rows).to_contain_text("Helga Hostile")
        dialog.locator("input.search").fill("")
        dialog.locator("[data-filter=source]").select_option("roster")
        expect(rows).to_have_count(2)
        page.keyboard.press("Escape")
        expect(dialog).to_be_hidden()
        dashboard.settle()
        expect(dashboard.visual("p-all-users"), "the figures have the name").to_contain_text("Helga Hostile")
        check(not page.locator("img").count(), "no element came out of a name")

        button.click()
        dialog.locator("[data-user=u-hostile] [data-action=forget]").click()
        page.get_by_role("button", name="Cancel").click()
        expect(rows).to_have_count(2)
        dialog.locator("[data-user=u-hostile] [data-action=forget]").click()
        page.locator("[data-action=confirm-forget]").click()
        expect(dialog.locator(".upload-result")).to_contain_text(re.compile("shown as Person [0-9a-f]{8} from now on"))
        expect(rows).to_have_count(1)
        page.keyboard.press("Escape")
        dashboard.settle()
        expect(dashboard.visual("p-all-users")).to_contain_text("Person ")
        expect(dashboard.visual("p-all-users")).not_to_contain_text("Helga")
        dashboard.switch_language("한국어", "ko")
        expect(button).to_contain_text("이름 확인")
        button.click()
        expect(dialog.locator("h2")).to_have_text("이름과 팀")
        dashboard.assert_clean()


@test
def a_dropped_roster_is_imported_and_a_wrong_one_refused(browser, server):
    with Server(server.program, users=3, days=6) as own, new_context(browser, **PHONE) as context:
        own.wait_until_ready()
        dashboard = DashboardTab(context, own.origin)
        page = dashboard.open("/")
        drop(page, "people.csv", WRONG)
        result = page.locator("dialog[open] .upload-result")
        expect(result).to_contain_text("people.csv")
        expect(result).to_contain_text("2 wrong rows: line 3")
        page.keyboard.press("Escape")
        drop(page, "people.csv", ROSTER)
        expect(result).to_contain_text("people.csv: 2 rows were imported")
        page.keyboard.press("Escape")
        dashboard.settle()
        # On a phone the screen fits, and nothing is cut off.
        page.locator("[data-action=people]").click()
        dialog = page.locator("dialog.people")
        expect(dialog.locator("tbody tr")).to_have_count(5)
        wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        check(wide <= 1, f"{wide} px wider than the screen")
        # With the screen open, a dropped file is a roster.
        drop(page, "other.csv", "user_id,name\nu-hostile,Other Name\n")
        expect(dialog.locator(".upload-result")).to_contain_text("1 row was imported")
        dialog.locator("[data-action=remove-roster]").click()
        expect(dialog.locator(".upload-result")).to_contain_text("The roster was removed.")
        expect(dialog.locator(".people-summary")).to_contain_text("None")
        dashboard.assert_clean()
