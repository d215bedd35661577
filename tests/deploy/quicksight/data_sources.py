"""Data sources: made asynchronously, as the service tries them."""

import time

from double import Refused, page


PARAMETERS = {"ATHENA": "AthenaParameters"}


class DataSources:
    """Of Athena workgroups."""

    def __init__(self, account, world):
        self.account, self.world = account, world

    def create_data_source(self, asked):
        needed = PARAMETERS.get(asked["Type"])
        if needed and needed not in asked.get("DataSourceParameters", {}):
            raise Refused("InvalidParameterValueException", f"{needed} are needed for a data source of type {asked['Type']}.")
        asset = self.account.make("DataSource", "datasource", asked, self._errors(asked))
        return {"Status": 202, "Arn": asset.arn, "DataSourceId": asset.id, "CreationStatus": "CREATION_IN_PROGRESS"}

    def update_data_source(self, asked):
        asset = self.account.get_settled("DataSource", asked)
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
        workgroup = asked.get("DataSourceParameters", {}).get("AthenaParameters", {}).get("WorkGroup", "primary")
        if self.world.has_workgroup(workgroup):
            return []
        return [{"Type": "GENERIC_SQL_FAILURE", "Message": f"WorkGroup {workgroup} is not found."}]

    @staticmethod
    def _shown(asset):
        kept = ("Type", "DataSourceParameters", "SslProperties", "VpcConnectionProperties")
        return asset.summary() | {name: asset.body[name] for name in kept if name in asset.body}
