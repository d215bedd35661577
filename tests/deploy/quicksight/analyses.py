"""Analyses. A deleted one and its id are in the recycle bin for some days, unless the deletion is forced."""

import time

from double import Refused, page

from .definition import checked, refuse
from .described_definition import described


class Analyses:
    """Made from definitions."""

    def __init__(self, account):
        self.account = account

    def create_analysis(self, asked):
        self._check(asked)
        prepared(self.account)
        asset = self.account.make("Analysis", "analysis", asked, *self.account.creation(*checked(self.account, asked)))
        return {"Status": 202, "Arn": asset.arn, "AnalysisId": asset.id, "CreationStatus": "CREATION_IN_PROGRESS"}

    def update_analysis(self, asked):
        asset = self._living(asked)
        self._check(asked)
        asset.body |= asked
        if "ThemeArn" not in asked:
            asset.body.pop("ThemeArn", None)
        asset.settling, asset.updated = self.account.settle("UPDATE", *checked(self.account, asked)), time.time()
        return {"Status": 202, "Arn": asset.arn, "AnalysisId": asset.id, "UpdateStatus": "UPDATE_IN_PROGRESS"}

    def describe_analysis(self, asked):
        asset = self.account.get("Analysis", asked)
        status = self._status(asset)
        shown = asset.summary() | {
            "Status": status,
            "DataSetArns": [one["DataSetArn"] for one in asset.body["Definition"]["DataSetIdentifierDeclarations"]],
        }
        if "ThemeArn" in asset.body:
            shown["ThemeArn"] = asset.body["ThemeArn"]
        if not status.endswith("IN_PROGRESS") and asset.settling.errors:
            shown["Errors"] = asset.settling.errors
        return {"Analysis": shown}

    def describe_analysis_definition(self, asked):
        asset = self.account.get("Analysis", asked)
        shown = {"AnalysisId": asset.id, "Name": asset.name, "ResourceStatus": self._status(asset)}
        shown["Definition"] = described(self.account, asset, asset.body["Definition"])
        if "ThemeArn" in asset.body:
            shown["ThemeArn"] = asset.body["ThemeArn"]
        return shown | ({"Errors": asset.settling.errors} if asset.settling.errors else {})

    def list_analyses(self, asked):
        self.account.subscribed()
        summaries = [
            asset.summary() | {"Status": "DELETED" if asset.deleted else asset.settling.status()} for asset in self.account.all("Analysis")
        ]
        return page(summaries, asked, "AnalysisSummaryList")

    def delete_analysis(self, asked):
        asset = self.account.get("Analysis", asked)
        if asked.get("ForceDeleteWithoutRecovery"):
            if "RecoveryWindowInDays" in asked:
                raise Refused("InvalidParameterValueException", "RecoveryWindowInDays cannot be given with ForceDeleteWithoutRecovery.")
            del self.account.assets["Analysis", asset.id]
            return {"Arn": asset.arn, "AnalysisId": asset.id}
        if asset.deleted:
            raise Refused("ConflictException", f"Analysis {asset.id} is deleted.")
        asset.deleted = True
        deletion = time.time() + 86400 * asked.get("RecoveryWindowInDays", 30)
        return {"Arn": asset.arn, "AnalysisId": asset.id, "DeletionTime": deletion}

    def restore_analysis(self, asked):
        asset = self.account.get("Analysis", asked)
        if not asset.deleted:
            raise Refused("ConflictException", f"Analysis {asset.id} is not deleted.")
        asset.deleted = False
        return {"Arn": asset.arn, "AnalysisId": asset.id}

    def _living(self, asked):
        asset = self.account.get("Analysis", asked)
        if asset.deleted:
            raise Refused("ConflictException", f"Analysis {asset.id} is deleted.")
        return self.account.get_updatable("Analysis", asked)

    @staticmethod
    def _status(asset):
        return "DELETED" if asset.deleted else asset.settling.look()

    def _check(self, asked):
        check_source(self.account, asked)


def check_source(account, asked):
    """Checks a request to create or change an analysis or a dashboard."""
    if "Definition" not in asked:
        raise Refused("InvalidParameterValueException", "The double takes definitions, not templates.")
    if "SourceEntity" in asked:
        raise Refused("InvalidParameterValueException", "Only one of Definition and SourceEntity can be given.")
    refuse(asked)
    if "ThemeArn" in asked and ":aws:theme/" not in asked["ThemeArn"] and account.by_arn(asked["ThemeArn"]) is None:
        raise Refused("ResourceNotFoundException", f"Theme {asked['ThemeArn']} is not found.")


def prepared(account):
    """New data sets may not be prepared yet."""
    if account.switches.take("unprepared_data_sets"):
        raise Refused("ResourceNotFoundException", "PREPARED_SOURCE_NOT_FOUND")
