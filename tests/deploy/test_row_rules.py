"""Rules that restrict the rows of the dashboard: on, refreshed, refused, and off, with planted people of another team.

What a user sees is computed from what SPICE holds of the rules and of the data, as AWS documents it
(quicksight/row_level_security.py). The tests build on each other, in the order of their names. run.py runs them and sets their
environment variables.
"""

import json
import os
import unittest
from pathlib import Path

from checks import ALICE, CAROL, Deployed
from cli import Cli
from environment import Environment
from exports import BUCKET, PREFIX
from quicksight.data_sets import output_columns
from quicksight.row_level_security import visible
from test_identity import LATE, OfThisAccount

BINARY, FUNCTIONS = Path(os.environ["KIRO_E2E_BINARY"]), os.environ["KIRO_E2E_FUNCTIONS"]
NAME = "kiro-analytics"
RULES = f"{NAME}-row-rules"
ROSTER = "example-people"
# In every text about people of the other team, and nowhere else.
MARK = "lanted"
BOSS, ROOT, STRANGER = "boss@example.com", "root@example.com", "stranger@example.com"


class RowRules(unittest.TestCase):
    """Two teams, each with a manager who is not in the data, and users without a team."""

    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.aws = cls.enterClassContext(Environment(at_once=True))
        cls.s3 = cls.aws.emulator.client("s3")
        exports = OfThisAccount(BINARY, cls.aws.scratch / "fleet", users=12, days=3)
        cls.users = exports.user_ids()
        exports.upload(cls.s3)
        rows = ["user_id,email,display_name,team,manager"]
        rows += [f'{user},mine-{n}@example.com,Mine {n},"Sales, EMEA",{BOSS}' for n, user in enumerate(cls.users[:3])]
        rows += [f"{user},planted-{n}@example.com,Planted {n},Planted,planted-boss@example.com" for n, user in enumerate(cls.users[3:6])]
        rows += [f",new@example.com,Never There,,{BOSS}"]
        cls.s3.create_bucket(Bucket=ROSTER, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
        cls.s3.put_object(Bucket=ROSTER, Key="roster.csv", Body="\n".join(rows).encode())
        cls.cli = Cli(BINARY, cls.aws.scratch / "work", cls.aws)
        (cls.cli.folder / "kiro-analytics.toml").write_text(
            "[deployment]\n"
            f'exports = ["s3://{BUCKET}/{PREFIX.rstrip("/")}"]\n'
            f'owners = ["{ALICE}"]\nreaders = ["{CAROL}"]\n'
            f'architecture = "x86_64"\nfunctions = {json.dumps(FUNCTIONS)}\n'
        )

    def setUp(self):
        self.deployed = Deployed(self, self.aws, NAME)
        self.addCleanup(self.aws.front.faults.clear)

    def run_cli(self, *arguments, code=0):
        outcome = self.cli.run(*arguments)
        self.assertEqual(outcome.code, code, f"{outcome.command}\n{outcome.output}")
        return outcome

    def deploy(self, *arguments, **more):
        return self.run_cli("deploy", "--yes", *arguments, **more)

    # ---- what users see ----

    def in_spice(self, name):
        """The rows of a dataset as dictionaries."""
        body = self.deployed.datasets()[name].body
        ingestions = [one for one in self.aws.account.ingestions[name].values() if one.status == "COMPLETED"]
        columns = [column["Name"] for column in output_columns(body)]
        return [dict(zip(columns, row, strict=True)) for row in self.aws.world.content[ingestions[-1].queries[0][0]]]

    def restricted(self):
        """The datasets in which rules of this deployment are in force."""
        arn = self.aws.account.arn(f"dataset/{RULES}")
        found = {name: one.body.get("RowLevelPermissionDataSet") for name, one in self.deployed.datasets().items()}
        return {name for name, rules in found.items() if rules and (rules["Arn"], rules["Status"]) == (arn, "ENABLED")}

    def seen(self, user):
        """All rows that a reader sees, by dataset."""
        rules = self.in_spice(RULES)
        return {name: visible(self.in_spice(name), rules, user) for name in self.deployed.datasets() if name != RULES}

    def people(self, user):
        rows = self.seen(user)[f"{NAME}-user-totals"]
        return {row["row_person"] for row in rows}

    def active(self, users):
        """Those of them that are in the current report: some have legacy exports only."""
        found = {row["row_person"] for row in self.in_spice(f"{NAME}-user-totals")} & set(users)
        self.assertTrue(found)
        return found

    def order(self, outcome, *operations):
        """Operation and dataset of calls."""
        calls = [call for call in outcome.calls if call.operation in operations]
        return [(call.operation, call.members.get("DataSetId")) for call in calls]

    # ---- on ----

    def test_01_rules_without_names_or_without_a_dashboard_are_refused(self):
        for setting in ("identity_mapping=false", "quicksight=false"):
            outcome = self.run_cli("deploy", "--yes", "--set", "row_rules=email", "--set", setting, code=2)
            self.assertEqual(outcome.changes, [])
            self.assertIn("row_rules", outcome.output)

    def test_02_without_rules_everybody_sees_everybody(self):
        self.deploy("--set", "identity_mapping=true", "--set", f"roster=s3://{ROSTER}/roster.csv")
        self.assertNotIn(RULES, self.deployed.datasets())
        self.assertEqual(self.restricted(), set())

    def test_03_the_plan_says_what_rules_mean(self):
        outcome = self.run_cli("deploy", "--dry-run", "--set", "row_rules=email")
        for text in (f"dataset `{RULES}`", "owners still see all rows", "`viewer_admins` is empty", f"rows restricted by `{RULES}`"):
            self.assertIn(text, outcome.output)
        self.assertEqual(self.restricted(), set())

    def test_04_a_run_that_is_stopped_before_the_rules_are_imported_restricts_nothing(self):
        outcome = self.cli.interrupted("quicksight:CreateDataSet", "deploy", "--yes", "--set", "row_rules=email")
        self.assertEqual(outcome.code, -9, outcome.output)
        self.assertEqual(self.restricted(), set())

    def test_05_on_the_rules_come_first(self):
        outcome = self.deploy("--set", "row_rules=email", "--set", f"viewer_admins={ROOT}")
        changed = [name for _, name in self.order(outcome, "CreateDataSet", "UpdateDataSet")]
        self.assertEqual(set(changed) - {RULES}, self.restricted())
        self.assertEqual(self.restricted(), set(self.deployed.datasets()) - {RULES})
        self.deployed.assert_ingested()
        self.deployed.assert_published()
        self.assertEqual(self.run_cli("deploy", "--yes").changes, [])
        self.run_cli("status", code=LATE)

    def test_06_a_manager_sees_the_team_and_nothing_of_another(self):
        self.assertEqual(self.people(BOSS), self.active(self.users[:3]))
        rows = self.seen(BOSS)
        self.assertNotIn(MARK, str(rows))
        self.assertIn("Never There", str(rows[f"{NAME}-seats"]))
        self.assertIn("(everybody)", str(rows[f"{NAME}-user-dim"]))
        self.assertEqual(self.people("planted-boss@example.com"), self.active(self.users[3:6]))

    def test_07_all_others_see_themselves_and_strangers_nothing(self):
        self.assertEqual(self.people("mine-1@example.com"), self.active(self.users[1:2]))
        self.assertNotIn(MARK, str(self.seen("mine-1@example.com")))
        self.assertEqual(self.seen(STRANGER), dict.fromkeys(self.seen(STRANGER), []))

    def test_08_an_administrator_sees_every_row_and_nobody_else_what_is_about_the_fleet(self):
        for name, rows in self.seen(ROOT).items():
            self.assertEqual(len(rows), len(self.in_spice(name)), name)
        for name in ("daily-users", "activity-heatmap", "data-health", "export-parts", "report-issues", "first-seen"):
            self.assertEqual(self.seen(BOSS)[f"{NAME}-{name}"], [], name)

    # ---- kept ----

    def test_10_rules_that_were_removed_by_hand_are_restored(self):
        name = f"{NAME}-user-totals"
        body = {key: value for key, value in self.deployed.datasets()[name].body.items() if key != "RowLevelPermissionDataSet"}
        self.deployed.ask("update_data_set", **{key: body[key] for key in ("DataSetId", "Name", "PhysicalTableMap", "ImportMode")})
        self.assertIn(f"dataset `{name}` is not restricted", self.run_cli("status", code=2).output)
        self.assertIn("rows restricted by", self.run_cli("deploy", "--dry-run").output)
        self.deploy("--overwrite")
        self.assertIn(name, self.restricted())

    def test_11_a_refresh_imports_the_rules_first_and_knows_a_new_manager(self):
        text = self.s3.get_object(Bucket=ROSTER, Key="roster.csv")["Body"].read().decode()
        self.s3.put_object(Bucket=ROSTER, Key="roster.csv", Body=text.replace(BOSS, "chief@example.com").encode())
        outcome = self.run_cli("refresh", code=0)
        self.assertEqual(self.order(outcome, "CreateIngestion")[0], ("CreateIngestion", RULES))
        self.assertEqual(self.people("chief@example.com"), self.active(self.users[:3]))
        self.assertEqual(self.people(BOSS), set())

    # ---- off ----

    def test_20_names_do_not_go_without_the_rules(self):
        outcome = self.run_cli("deploy", "--yes", "--set", "identity_mapping=false", code=2)
        self.assertEqual(outcome.changes, [])
        self.assertIn("`row_rules` to off", outcome.output)

    def test_21_off_that_is_stopped_half_way_is_reported_and_goes_on(self):
        outcome = self.cli.interrupted("quicksight:UpdateDataSet", "deploy", "--yes", "--set", "row_rules=off", skip=3)
        self.assertEqual(outcome.code, -9, outcome.output)
        left = self.restricted()
        self.assertTrue(left)
        self.assertIn(RULES, self.deployed.datasets())
        self.assertIn("`row_rules` is off", self.run_cli("status", code=2).output)
        outcome = self.deploy()
        self.assertEqual(self.order(outcome, "UpdateDataSet", "DeleteDataSet")[-1], ("DeleteDataSet", RULES))
        self.assertEqual(self.restricted(), set())
        self.assertNotIn(RULES, self.deployed.datasets())
        self.assertEqual(self.run_cli("deploy", "--yes").changes, [])

    def test_22_names_and_rules_go_together(self):
        self.deploy("--set", "row_rules=email")
        self.assertIn(RULES, self.deployed.datasets())
        self.deploy("--set", "row_rules=off", "--set", "identity_mapping=false")
        self.assertNotIn(RULES, self.deployed.datasets())
        content = {name: self.in_spice(name) for name in self.deployed.datasets()}
        self.assertNotIn(MARK, str(content))

    # ---- teardown ----

    def test_30_teardown_deletes_the_rules_last(self):
        self.deploy("--set", "identity_mapping=true", "--set", "row_rules=email")
        outcome = self.run_cli("teardown", "--yes", "--delete-data")
        self.assertEqual(self.order(outcome, "DeleteDataSet")[-1], ("DeleteDataSet", RULES))
        self.deployed.assert_gone()


if __name__ == "__main__":
    unittest.main()
