"""Row-level security: what a data set of rules must have, and which rows its rules show to a user.

Sources of the rules: rules.md, rows 88 to 95.
"""

import csv

from double import Refused

# The columns with users and groups, by the version of the format.
USERS = {"VERSION_1": ("UserName", "GroupName"), "VERSION_2": ("UserARN", "GroupARN")}
MOST_RULES = 999


def check(asked, rules, columns, columns_of_rules):
    """Refuses a request whose rules do not fit. `rules` is the asset that the request names, or None."""
    said = asked["RowLevelPermissionDataSet"]
    if rules is None or rules.kind != "DataSet":
        raise _invalid(f"Data set {said['Arn']} is not found.")
    if said["PermissionPolicy"] == "DENY_ACCESS":
        raise _invalid("DENY_ACCESS is not supported for new data sets.")
    version = said.get("FormatVersion", "VERSION_1")
    if version == "VERSION_2" and said.get("Namespace"):
        raise _invalid("Namespace parameter should not be specified for Version 2")
    if rules.body.get("UseAs") != "RLS_RULES":
        raise _invalid(f"Data set {rules.id} is not created for the usage RLS_RULES.")
    if not any(name in columns_of_rules for name in USERS[version]):
        raise _invalid(f"Data set {rules.id} must have one of the columns {', '.join(USERS[version])}.")
    for name, kind in columns_of_rules.items():
        if name in USERS[version]:
            continue
        if name not in columns:
            raise _invalid(f"Column {name} of the rules is not found in the data set.")
        if kind != "STRING" or columns[name] != "STRING":
            raise _invalid(f"Column {name} must be of the type STRING.")


def _invalid(why):
    return Refused("InvalidParameterValueException", f"Invalid RowLevelPermissionDataSet. {why}")


def visible(rows, rules, user):
    """The rows that a reader sees: those that match a rule. Rows and rules are dictionaries."""
    of_user = {tuple(sorted(_values(rule).items())) for rule in rules if rule["UserName"] == user}
    if len(of_user) > MOST_RULES:
        raise ValueError(f"{len(of_user)} rules for {user}")
    return [row for row in rows if any(_matches(row, dict(rule)) for rule in of_user)]


def _values(rule):
    """The values of each restricted column; a column without a value is left out, as it allows all."""
    return {name: tuple(split(text)) for name, text in rule.items() if name != "UserName" and text is not None}


def _matches(row, rule):
    return all(row[name] in values for name, values in rule.items())


def split(text):
    """The values of a cell: separated by commas, except in double quotation marks."""
    return next(csv.reader([text])) if '"' in text[:1] else text.split(",")
