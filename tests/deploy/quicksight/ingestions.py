"""Imports into SPICE: started at once, finished after some reads, with the query's real number of rows."""

import time
from dataclasses import dataclass, field

from double import Refused, page

from .world import Unreadable

# Within 24 hours and for one data set, in the Enterprise edition (API reference: CreateIngestion).
MOST_A_DAY = 32
DAY = 86_400
STEPS = ("INITIALIZED", "QUEUED", "RUNNING")
ENDED = ("COMPLETED", "FAILED", "CANCELLED")


@dataclass
class Ingestion:
    """One import."""

    id: str
    arn: str
    why: str
    queries: list
    status: str = "INITIALIZED"
    rows: int = 0
    error: dict | None = None
    created: float = field(default_factory=time.time)
    # Started by CreateIngestion, not by a change of the data set.
    by_request: bool = False

    def shown(self):
        shown = {
            "Arn": self.arn,
            "IngestionId": self.id,
            "IngestionStatus": self.status,
            "CreatedTime": self.created,
            "RequestSource": "MANUAL",
            "RequestType": self.why,
        }
        if self.status == "COMPLETED":
            shown |= {
                "RowInfo": {"RowsIngested": self.rows, "RowsDropped": 0, "TotalRowsInDataset": self.rows},
                "IngestionTimeInSeconds": 1,
                "IngestionSizeInBytes": 100 * self.rows,
            }
        return shown | ({"ErrorInfo": self.error} if self.error else {})


class Ingestions:
    """Of all data sets."""

    def __init__(self, account, world):
        self.account, self.world = account, world

    def create_ingestion(self, asked):
        data_set = self.account.get("DataSet", asked)
        if data_set.body["ImportMode"] != "SPICE":
            raise Refused("InvalidParameterValueException", f"Data set {data_set.id} is not imported into SPICE.")
        if asked["IngestionId"] in self.account.ingestions.get(data_set.id, {}):
            raise Refused("ResourceExistsException", f"Ingestion {asked['IngestionId']} already exists.")
        since = time.time() - DAY
        by_request = [one for one in self.account.ingestions.get(data_set.id, {}).values() if one.by_request and one.created >= since]
        if len(by_request) >= MOST_A_DAY:
            raise Refused("LimitExceededException", f"Data set {data_set.id} has had {MOST_A_DAY} ingestions within 24 hours.")
        ingestion = self.begin(data_set, asked["IngestionId"], asked.get("IngestionType", "FULL_REFRESH"))
        ingestion.by_request = True
        return {"Status": 201, "Arn": ingestion.arn, "IngestionId": ingestion.id, "IngestionStatus": ingestion.status}

    def describe_ingestion(self, asked):
        ingestion = self._get(asked)
        shown = {"Ingestion": ingestion.shown()}
        self._advance(ingestion)
        return shown

    def list_ingestions(self, asked):
        data_set = self.account.get("DataSet", asked)
        ingestions = list(self.account.ingestions.get(data_set.id, {}).values())
        # The newest first, as the service gives them.
        shown = [ingestion.shown() for ingestion in reversed(ingestions)]
        for ingestion in ingestions:
            self._advance(ingestion)
        return page(shown, asked, "Ingestions")

    def cancel_ingestion(self, asked):
        ingestion = self._get(asked)
        if ingestion.status not in ENDED:
            ingestion.status = "CANCELLED"
        return {"Arn": ingestion.arn, "IngestionId": ingestion.id}

    def begin(self, data_set, name, why):
        """A newer import replaces those that have not ended."""
        known = self.account.ingestions.setdefault(data_set.id, {})
        for ingestion in known.values():
            if ingestion.status not in ENDED:
                ingestion.status = "CANCELLED"
                ingestion.error = {"Type": "INGESTION_SUPERSEDED", "Message": f"Superseded by {name}."}
        known[name] = Ingestion(name, f"{data_set.arn}/ingestion/{name}", why, queries(self.account, data_set.body))
        return known[name]

    def _advance(self, ingestion):
        if ingestion.status not in STEPS:
            return
        following = STEPS.index(ingestion.status) + 1
        if following < min(len(STEPS), self.account.looks + 1):
            ingestion.status = STEPS[following]
            return
        if self.account.switches.take("denied_ingestions"):
            denied = "The service role is not authorized to perform: athena:StartQueryExecution"
            ingestion.status, ingestion.error = "FAILED", {"Type": "PERMISSION_DENIED", "Message": denied}
            return
        try:
            ingestion.rows = sum(self.world.rows(*query) for query in ingestion.queries)
            ingestion.status = "COMPLETED"
        except Unreadable as error:
            ingestion.status, ingestion.error = "FAILED", {"Type": error.kind, "Message": str(error)}

    def _get(self, asked):
        data_set = self.account.get("DataSet", asked)
        ingestion = self.account.ingestions.get(data_set.id, {}).get(asked["IngestionId"])
        if ingestion is None:
            raise Refused("ResourceNotFoundException", f"Ingestion {asked['IngestionId']} is not found.")
        return ingestion


def queries(account, body):
    """The queries of a data set's tables, with their workgroup, and the role if the data source names one."""
    asked = []
    for table in body["PhysicalTableMap"].values():
        ((kind, said),) = table.items()
        source = account.by_arn(said.get("DataSourceArn", ""))
        athena = source.body.get("DataSourceParameters", {}).get("AthenaParameters", {}) if source else {}
        with_what = athena.get("WorkGroup", "primary"), athena.get("RoleArn")
        if kind == "RelationalTable":
            columns = ", ".join(f'"{column["Name"]}"' for column in said["InputColumns"])
            asked.append((f'SELECT {columns} FROM "{said.get("Schema", "default")}"."{said["Name"]}"', *with_what))
        elif kind == "CustomSql":
            asked.append((said["SqlQuery"], *with_what))
    return asked
