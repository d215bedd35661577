"""Data sets, whose columns definitions are checked against. One that is imported is imported as soon as it is made."""

import time
import uuid

from double import Refused, page


NOT_SHOWN = {"AwsAccountId", "DataSetId", "Permissions", "Tags", "Name"}


class DataSets:
    """Over tables of Athena."""

    def __init__(self, account, ingestions):
        self.account, self.ingestions = account, ingestions

    def create_data_set(self, asked):
        self._check(asked)
        asset = self.account.make("DataSet", "dataset", asked)
        asset.settling.looks = 0
        return {"Status": 201, "Arn": asset.arn, "DataSetId": asset.id} | self._imported(asset, "INITIAL_INGESTION")

    def update_data_set(self, asked):
        asset = self.account.get_settled("DataSet", asked)
        self._check(asked)
        asset.body, asset.updated = dict(asked), time.time()
        return {"Arn": asset.arn, "DataSetId": asset.id} | self._imported(asset, "EDIT")

    def describe_data_set(self, asked):
        asset = self.account.get("DataSet", asked)
        shown = {name: value for name, value in asset.body.items() if name not in NOT_SHOWN}
        return {"DataSet": asset.summary() | shown | {"OutputColumns": output_columns(asset.body), "ConsumedSpiceCapacityInBytes": 0}}

    def list_data_sets(self, asked):
        self.account.subscribed()
        summaries = [
            asset.summary() | {"ImportMode": asset.body["ImportMode"], "RowLevelPermissionTagConfigurationApplied": False}
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
        for table in asked.get("LogicalTableMap", {}).values():
            source = table["Source"].get("PhysicalTableId")
            if source is not None and source not in asked["PhysicalTableMap"]:
                raise Refused("InvalidParameterValueException", f"Physical table {source} is not found.")
        output_columns(asked)


def output_columns(body):
    """What the data set offers: the columns of its tables, as its logical tables change them."""
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
                by_name |= {column["ColumnName"]: {"Name": column["ColumnName"], "Type": "STRING"} for column in said["Columns"]}
            case "TagColumnOperation":
                for tag in said["Tags"]:
                    if "ColumnDescription" in tag:
                        found(said["ColumnName"])["Description"] = tag["ColumnDescription"].get("Text", "")
                found(said["ColumnName"])
    return [
        {"Name": column["Name"], "Type": "INTEGER" if column["Type"] == "BIT" else column["Type"]}
        | {key: column[key] for key in ("SubType", "Description") if key in column}
        for column in by_name.values()
    ]
