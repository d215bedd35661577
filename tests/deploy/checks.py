"""Checks the resources of a successful deployment in the account itself."""

from content import athena_rows, difference
from environment import ACCOUNT, REGION, SERVICE_ROLE
from exports import BUCKET

ALICE, BOB, CAROL = (f"arn:aws:quicksight:{REGION}:{ACCOUNT}:user/default/{name}" for name in ("alice", "bob", "carol"))
# Bookkeeping: differs between two runs, and between a folder and a bucket, whose content tags differ.
OF_THE_RUN = {"processed_ts", "newest_processed_ts", "modified_ts", "part_id"}


class Deployed:
    """The deployment with a prefix. Reports failures to `test`."""

    def __init__(self, test, aws, prefix):
        self.test, self.aws, self.prefix = test, aws, prefix
        self.quicksight = aws.emulator.client("quicksight", aws.front.endpoint)

    # ---- existing resources ----

    @property
    def database(self):
        return self.prefix.replace("-", "_")

    def ask(self, operation, **members):
        return getattr(self.quicksight, operation)(AwsAccountId=ACCOUNT, **members)

    def assets(self):
        """All ids of this deployment in Quick Sight."""
        return sorted((kind, name) for kind, name in self.aws.account.assets if name.startswith(f"{self.prefix}-"))

    def datasets(self):
        return {name: self.aws.account.assets["DataSet", name] for kind, name in self.assets() if kind == "DataSet"}

    def dashboard(self, version=None):
        number = {"VersionNumber": version} if version else {}
        return self.ask("describe_dashboard", DashboardId=f"{self.prefix}-kiro", **number)["Dashboard"]

    def stack(self):
        """Its stack with its outputs, or None."""
        stacks = self.aws.emulator.client("cloudformation").describe_stacks()["Stacks"]
        living = [one for one in stacks if one["StackName"] == f"{self.prefix}-data" and one["StackStatus"] != "DELETE_COMPLETE"]
        return living[0] | {"Outputs": {one["OutputKey"]: one["OutputValue"] for one in living[0].get("Outputs", [])}} if living else None

    def policies(self):
        names = self.aws.emulator.client("iam").list_role_policies(RoleName=SERVICE_ROLE)["PolicyNames"]
        return [name for name in names if name.startswith(f"{self.prefix}-")]

    def buckets(self):
        return [
            one["Name"] for one in self.aws.emulator.client("s3").list_buckets()["Buckets"] if one["Name"].startswith(f"{self.prefix}-")
        ]

    def rows(self, relation):
        return athena_rows(self.aws, self.database, relation)

    # ---- assertions ----

    def assert_well(self, local):
        """All checks after a deployment."""
        self.assert_rows(local)
        self.assert_published(1)
        self.assert_ingested()
        self.assert_permissions()
        self.assert_tagged()

    def assert_rows(self, local):
        """Each table and view has the rows of the command line. Returns the number of rows by relation."""
        counts = {}
        for relation in local.relations():
            found = self.rows(relation)
            self.test.assertIsNone(difference(local.rows(relation), found, OF_THE_RUN), relation)
            counts[relation] = len(found)
        self.test.assertGreater(counts["report_facts"], 50)
        return counts

    def assert_published(self, number=None):
        """The published version is healthy and the newest."""
        version = self.dashboard()["Version"]
        newest = self.ask("list_dashboard_versions", DashboardId=f"{self.prefix}-kiro")["DashboardVersionSummaryList"][0]["VersionNumber"]
        self.test.assertEqual((version["VersionNumber"], version["Status"]), (number or newest, "CREATION_SUCCESSFUL"))
        self.test.assertGreaterEqual(len(version["Sheets"]), 6)
        analysis = self.ask("describe_analysis", AnalysisId=f"{self.prefix}-kiro")["Analysis"]
        self.test.assertRegex(analysis["Status"], "^(CREATION|UPDATE)_SUCCESSFUL$")
        # The rules that restrict rows are no dataset of the dashboard.
        shown = {one.arn for one in self.datasets().values() if one.body.get("UseAs") != "RLS_RULES"}
        self.test.assertEqual(set(version["DataSetArns"]), shown)

    def assert_ingested(self):
        """Each dataset has been imported since its data changed."""
        self.test.assertGreater(len(self.datasets()), 5)
        for name in self.datasets():
            newest = self.ask("list_ingestions", DataSetId=name)["Ingestions"][0]
            relation = name.removeprefix(f"{self.prefix}-").replace("-", "_")
            self.test.assertEqual(newest["IngestionStatus"], "COMPLETED", f"{name}: {newest}")
            # Only the list of users has the row "(everybody)".
            rows = len(self.rows(relation)) + (relation == "user_dim")
            self.test.assertEqual(newest["RowInfo"]["RowsIngested"], rows, name)
            self.test.assertEqual(len(self.ask("list_refresh_schedules", DataSetId=name)["RefreshSchedules"]), 1, name)

    def assert_permissions(self):
        """Alice owns, Carol reads, and Quick Sight's role has one policy."""
        for kind, name, readers in (("dashboard", "DashboardId", {CAROL}), ("analysis", "AnalysisId", set())):
            told = self.ask(f"describe_{kind}_permissions", **{name: f"{self.prefix}-kiro"})["Permissions"]
            grants = {one["Principal"]: len(one["Actions"]) for one in told}
            self.test.assertEqual(set(grants), {ALICE} | readers, kind)
            self.test.assertGreater(grants[ALICE], grants.get(CAROL, 0))
        self.test.assertEqual(len(self.policies()), 1)

    def assert_tagged(self):
        for kind, name in self.assets():
            tags = self.aws.account.assets[kind, name].tags
            self.test.assertEqual(tags.get("kiro-analytics:deployment"), self.prefix, name)
            self.test.assertRegex(tags.get("kiro-analytics:version", ""), r"^\d+\.\d+\.\d+", name)

    def assert_gone(self, buckets=()):
        self.test.assertEqual(self.assets(), [])
        self.test.assertIsNone(self.stack())
        self.test.assertEqual(self.policies(), [])
        self.test.assertNotIn(self.database, self.aws.catalogue.databases())
        self.test.assertEqual(self.buckets(), list(buckets))


def exports_there(aws):
    """Content tags of the exports by key."""
    pages = aws.emulator.client("s3").get_paginator("list_objects_v2").paginate(Bucket=BUCKET)
    return {one["Key"]: one["ETag"] for page in pages for one in page.get("Contents", [])}
