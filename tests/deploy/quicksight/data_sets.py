"""Data sets. Definitions are checked against their columns. Those in SPICE are imported as soon as they are created."""

import re
import time
import uuid

from double import Refused, page
from model import api

from . import row_level_security

# Members of a request that its description also has: an update replaces all of them, also those that it omits.
SHOWN = set(api("quicksight").model.shape_for("DataSet").members) - {"DataSetId", "Name"}


class DataSets:
    """Over tables of Athena."""

    def __init__(self, account, ingestions):
        self.account, self.ingestions = account, ingestions

    def create_data_set(self, asked):
        self._check(asked)
        if asked["ImportMode"] == "SPICE":
            self.account.reserve_spice()
        asset = self.account.make("DataSet", "dataset", asked)
        asset.settling.looks = 0
        return {"Status": 201, "Arn": asset.arn, "DataSetId": asset.id} | self._imported(asset, "INITIAL_INGESTION")

    def update_data_set(self, asked):
        asset = self.account.get_settled("DataSet", asked)
        self._check(asked)
        # Only a creation has it.
        kept = {name: asset.body[name] for name in ("UseAs",) if name in asset.body}
        asset.body, asset.updated = dict(asked) | kept, time.time()
        return {"Arn": asset.arn, "DataSetId": asset.id} | self._imported(asset, "EDIT")

    def describe_data_set(self, asked):
        asset = self.account.get("DataSet", asked)
        shown = {name: value for name, value in asset.body.items() if name in SHOWN}
        return {"DataSet": asset.summary() | shown | {"OutputColumns": output_columns(asset.body), "ConsumedSpiceCapacityInBytes": 0}}

    def list_data_sets(self, asked):
        self.account.subscribed()
        summaries = [
            asset.summary()
            | {"ImportMode": asset.body["ImportMode"], "RowLevelPermissionTagConfigurationApplied": False}
            | {name: asset.body[name] for name in ("RowLevelPermissionDataSet", "UseAs") if name in asset.body}
            for asset in self.account.all("DataSet")
        ]
        return page(summaries, asked, "DataSetSummaries")

    def delete_data_set(self, asked):
        asset = self.account.get("DataSet", asked)
        del self.account.assets["DataSet", asset.id]
        for kept in (self.account.ingestions, self.account.schedules, self.account.refresh_properties):
            kept.pop(asset.id, None)
        return {"Arn": asset.arn, "DataSetId": asset.id}

    def _imported(self, asset, why):
        if asset.body["ImportMode"] != "SPICE":
            return {}
        ingestion = self.ingestions.begin(asset, str(uuid.uuid4()), why)
        return {"IngestionArn": ingestion.arn, "IngestionId": ingestion.id}

    def _check(self, asked):
        for table in asked["PhysicalTableMap"].values():
            ((_, said),) = table.items()
            if "DataSourceArn" in said and self.account.by_arn(said["DataSourceArn"]) is None:
                raise Refused("InvalidParameterValueException", f"Data source {said['DataSourceArn']} is not found.")
        if not asked["PhysicalTableMap"]:
            raise Refused("InvalidParameterValueException", "Invalid PhysicalTableMap")
        for table in asked.get("LogicalTableMap", {}).values():
            if len(table["Source"]) != 1:
                raise Refused(
                    "InvalidParameterValueException",
                    "Exactly one of PhysicalTableId, JoinInstruction or DataSetArn must be set for LogicalTable",
                )
            source = table["Source"].get("PhysicalTableId")
            if source is not None and source not in asked["PhysicalTableMap"]:
                raise Refused("InvalidParameterValueException", f"Physical table {source} is not found.")
        columns = types(output_columns(asked))
        if "RowLevelPermissionDataSet" in asked:
            rules = self.account.by_arn(asked["RowLevelPermissionDataSet"]["Arn"])
            of_rules = types(output_columns(rules.body)) if rules is not None and rules.kind == "DataSet" else {}
            row_level_security.check(asked, rules, columns, of_rules)


def types(columns):
    return {column["Name"]: column["Type"] for column in columns}


# Columns in an expression; parameters begin with a dollar sign.
NAMED = re.compile(r"(?<!\$)\{([^}]+)\}")


def output_columns(body):
    """The data set's columns: those of its tables, as changed by its logical tables."""
    physical = {name: _columns(next(iter(table.values()))) for name, table in body["PhysicalTableMap"].items()}
    logical = body.get("LogicalTableMap")
    if not logical:
        return [column for columns in physical.values() for column in columns]
    columns = []
    for table in logical.values():
        if "PhysicalTableId" in table["Source"]:
            columns += _transformed(physical[table["Source"]["PhysicalTableId"]], table.get("DataTransforms", []))
    return columns


def _columns(table):
    return [dict(column) for column in table.get("InputColumns") or table.get("Columns") or []]


def _transformed(columns, transforms):
    by_name = {column["Name"]: column for column in columns}

    def found(name):
        if name not in by_name:
            raise Refused("InvalidParameterValueException", f"Column {name} is not found in the data set.")
        return by_name[name]

    for transform in transforms:
        ((kind, said),) = transform.items()
        match kind:
            case "ProjectOperation":
                by_name = {name: found(name) for name in said["ProjectedColumns"]}
            case "RenameColumnOperation":
                found(said["ColumnName"])["Name"] = said["NewColumnName"]
                by_name = {column["Name"]: column for column in by_name.values()}
            case "CastColumnTypeOperation":
                found(said["ColumnName"])["Type"] = said["NewColumnType"]
            case "CreateColumnsOperation":
                unknown = [column["ColumnName"] for column in said["Columns"] if set(NAMED.findall(column["Expression"])) - set(by_name)]
                if unknown:
                    raise Refused(
                        "InvalidParameterValueException",
                        "Unable to process your request while preparing the table view from your schema, "
                        f"calculated columns [{', '.join(unknown)}] are invalid. ErrorType: CONTEXTUAL_UNKNOWN_SYMBOL",
                    )
                by_name |= {column["ColumnName"]: {"Name": column["ColumnName"], "Type": "STRING"} for column in said["Columns"]}
            case "TagColumnOperation":
                if not all(tag.get("ColumnGeographicRole") or tag.get("ColumnDescription", {}).get("Text") for tag in said["Tags"]):
                    raise Refused("InvalidParameterValueException", f"Invalid ColumnTag added for column with name {said['ColumnName']}")
                for tag in said["Tags"]:
                    if "ColumnDescription" in tag:
                        found(said["ColumnName"])["Description"] = tag["ColumnDescription"].get("Text", "")
                found(said["ColumnName"])
    return [
        {"Name": column["Name"], "Type": "INTEGER" if column["Type"] == "BIT" else column["Type"]}
        | {key: column[key] for key in ("SubType", "Description") if key in column}
        for column in by_name.values()
    ]
