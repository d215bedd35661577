"""Data sources: created asynchronously, as the service tests them."""

import time

from double import Refused, page

from .world import Unreadable

PARAMETERS = {"ATHENA": "AthenaParameters"}
# For this error of an import, the test of a data source reports denied access.
DENIED = {"PERMISSION_DENIED", "IAM_ROLE_NOT_AVAILABLE", "FAILURE_TO_ASSUME_ROLE"}


class DataSources:
    """Of Athena workgroups."""

    def __init__(self, account, world):
        self.account, self.world = account, world

    def create_data_source(self, asked):
        needed = PARAMETERS.get(asked["Type"])
        if needed and needed not in asked.get("DataSourceParameters", {}):
            raise Refused("InvalidParameterValueException", "DataSourceParameters field is incorrectly set")
        errors = self._errors(asked)
        asset = self.account.make("DataSource", "datasource", asked, *self.account.creation(errors, bool(errors), "UNKNOWN"))
        return {"Status": 202, "Arn": asset.arn, "DataSourceId": asset.id, "CreationStatus": "CREATION_IN_PROGRESS"}

    def update_data_source(self, asked):
        asset = self.account.get_updatable("DataSource", asked)
        asset.body |= asked
        asset.settling, asset.updated = self.account.settle("UPDATE", self._errors(asset.body)), time.time()
        return {"Status": 202, "Arn": asset.arn, "DataSourceId": asset.id, "UpdateStatus": "UPDATE_IN_PROGRESS"}

    def describe_data_source(self, asked):
        asset = self.account.get("DataSource", asked)
        shown = self._shown(asset) | {"Status": asset.settling.look()}
        if shown["Status"].endswith("FAILED"):
            shown["ErrorInfo"] = asset.settling.errors[0]
        return {"DataSource": shown}

    def list_data_sources(self, asked):
        self.account.subscribed()
        return page(
            [self._shown(asset) | {"Status": asset.settling.status()} for asset in self.account.all("DataSource")], asked, "DataSources"
        )

    def delete_data_source(self, asked):
        asset = self.account.get("DataSource", asked)
        del self.account.assets["DataSource", asset.id]
        return {"Arn": asset.arn, "DataSourceId": asset.id}

    def _errors(self, asked):
        """The result of the service's test query of a data source, with the service's role."""
        if asked.get("Type") not in (None, "ATHENA"):
            return []
        athena = asked.get("DataSourceParameters", {}).get("AthenaParameters", {})
        workgroup = athena.get("WorkGroup", "primary")
        if self.account.switches.take("denied_data_sources"):
            return [{"Type": "ACCESS_DENIED", "Message": "The service role is not authorized to perform: athena:StartQueryExecution"}]
        if not self.world.has_workgroup(workgroup):
            return [{"Type": "GENERIC_SQL_FAILURE", "Message": f"WorkGroup {workgroup} is not found."}]
        try:
            self.world.try_out(workgroup, athena.get("RoleArn"))
        except Unreadable as error:
            return [{"Type": "ACCESS_DENIED" if error.kind in DENIED else "GENERIC_SQL_FAILURE", "Message": str(error)}]
        return []

    @staticmethod
    def _shown(asset):
        kept = ("Type", "DataSourceParameters", "SslProperties", "VpcConnectionProperties")
        return asset.summary() | {name: asset.body[name] for name in kept if name in asset.body}
