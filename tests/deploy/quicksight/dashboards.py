"""Dashboards and their versions. The first version is published at once; a later one only on request."""

import time
from dataclasses import dataclass

from double import Refused, page

from .account import Settling
from .analyses import check_source, prepared
from .definition import checked
from .described_definition import described


@dataclass
class Version:
    """One version."""

    number: int
    body: dict
    settling: Settling
    created: float


class Dashboards:
    """Made from definitions."""

    def __init__(self, account):
        self.account = account

    def create_dashboard(self, asked):
        check_source(self.account, asked)
        prepared(self.account)
        asset = self.account.make("Dashboard", "dashboard", asked, *self.account.creation(*checked(self.account, asked)))
        asset.versions.append(Version(1, dict(asked), asset.settling, asset.created))
        return {
            "Status": 202,
            "Arn": asset.arn,
            "VersionArn": f"{asset.arn}/version/1",
            "DashboardId": asset.id,
            "CreationStatus": "CREATION_IN_PROGRESS",
        }

    def update_dashboard(self, asked):
        asset = self.account.get_updatable("Dashboard", asked)
        check_source(self.account, asked)
        number = len(asset.versions) + 1
        asset.settling, asset.updated = self.account.settle("CREATION", *checked(self.account, asked)), time.time()
        asset.versions.append(Version(number, dict(asked), asset.settling, asset.updated))
        return {
            "Status": 202,
            "Arn": asset.arn,
            "VersionArn": f"{asset.arn}/version/{number}",
            "DashboardId": asset.id,
            "CreationStatus": "CREATION_IN_PROGRESS",
        }

    def update_dashboard_published_version(self, asked):
        asset = self.account.get("Dashboard", asked)
        version = self._version(asset, asked)
        if version.settling.status() != "CREATION_SUCCESSFUL":
            raise Refused(
                "ConflictException" if version.settling.looks > 0 else "InvalidParameterValueException",
                f"Version {version.number} of dashboard {asset.id} cannot be published: {version.settling.status()}.",
            )
        asset.published, asset.body = version.number, asset.body | version.body
        return {"DashboardId": asset.id, "DashboardArn": asset.arn}

    def describe_dashboard(self, asked):
        asset = self.account.get("Dashboard", asked)
        version = self._version(asset, asked)
        shown = {
            "VersionNumber": version.number,
            "Arn": f"{asset.arn}/version/{version.number}",
            "Status": version.settling.look(),
            "CreatedTime": version.created,
            "DataSetArns": [one["DataSetArn"] for one in version.body["Definition"]["DataSetIdentifierDeclarations"]],
            "Sheets": [
                {"SheetId": sheet["SheetId"], "Name": sheet.get("Name", "")} for sheet in version.body["Definition"].get("Sheets", [])
            ],
        }
        if version.settling.errors and not shown["Status"].endswith("IN_PROGRESS"):
            shown["Errors"] = version.settling.errors
        for name, sent in (("ThemeArn", "ThemeArn"), ("Description", "VersionDescription")):
            if sent in version.body:
                shown[name] = version.body[sent]
        return {"Dashboard": asset.summary() | {"Name": version.body["Name"], "Version": shown, "LastPublishedTime": asset.updated}}

    def describe_dashboard_definition(self, asked):
        asset = self.account.get("Dashboard", asked)
        version = self._version(asset, asked)
        shown = {
            "DashboardId": asset.id,
            "Name": version.body["Name"],
            "ResourceStatus": version.settling.status(),
            "Definition": described(self.account, asset, version.body["Definition"]),
            "DashboardPublishOptions": version.body.get("DashboardPublishOptions", {}),
        }
        if "ThemeArn" in version.body:
            shown["ThemeArn"] = version.body["ThemeArn"]
        return shown | ({"Errors": version.settling.errors} if version.settling.errors else {})

    def list_dashboards(self, asked):
        self.account.subscribed()
        summaries = [
            asset.summary() | {"PublishedVersionNumber": asset.published, "LastPublishedTime": asset.updated}
            for asset in self.account.all("Dashboard")
        ]
        return page(summaries, asked, "DashboardSummaryList")

    def list_dashboard_versions(self, asked):
        asset = self.account.get("Dashboard", asked)
        versions = [
            {
                "VersionNumber": version.number,
                "Arn": f"{asset.arn}/version/{version.number}",
                "CreatedTime": version.created,
                "Status": version.settling.status(),
                "Description": version.body.get("VersionDescription", ""),
            }
            for version in reversed(asset.versions)
        ]
        # The model needs at least one character in a description.
        for version in versions:
            if not version["Description"]:
                del version["Description"]
        return page(versions, asked, "DashboardVersionSummaryList")

    def delete_dashboard(self, asked):
        asset = self.account.get("Dashboard", asked)
        number = asked.get("VersionNumber")
        if number is not None and number != asset.published:
            asset.versions = [version for version in asset.versions if version.number != number]
        elif number is not None:
            raise Refused("ConflictException", f"Version {number} of dashboard {asset.id} is published.")
        else:
            del self.account.assets["Dashboard", asset.id]
        return {"Arn": asset.arn, "DashboardId": asset.id}

    @staticmethod
    def _version(asset, asked):
        number = asked.get("VersionNumber", asset.published)
        found = next((version for version in asset.versions if version.number == number), None)
        if found is None:
            raise Refused("ResourceNotFoundException", f"Version {number} of dashboard {asset.id} is not found.")
        return found
