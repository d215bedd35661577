"""Permissions on an asset: granted as one of the console's sets of actions for viewer, user and owner."""

from double import Refused

_DATA_SOURCE = "DescribeDataSource DescribeDataSourcePermissions PassDataSource"
_DATA_SET = "DescribeDataSet DescribeDataSetPermissions PassDataSet DescribeIngestion ListIngestions"
_DATA_SET_SCHEDULES = "DescribeRefreshSchedule ListRefreshSchedules DescribeDataSetRefreshProperties"
_DATA_SET_OWNER = f"{_DATA_SET} UpdateDataSet DeleteDataSet CreateIngestion CancelIngestion UpdateDataSetPermissions"
_DATA_SET_SCHEDULER = f"{_DATA_SET_SCHEDULES} CreateRefreshSchedule UpdateRefreshSchedule DeleteRefreshSchedule PutDataSetRefreshProperties DeleteDataSetRefreshProperties"
_DASHBOARD = "DescribeDashboard ListDashboardVersions QueryDashboard"
_THEME = "DescribeTheme DescribeThemeAlias ListThemeAliases ListThemeVersions"

# From the developer guide's lists of actions by role; any other set of actions is refused.
SETS = {
    "DataSource": [_DATA_SOURCE, f"{_DATA_SOURCE} UpdateDataSource DeleteDataSource UpdateDataSourcePermissions"],
    "DataSet": [
        _DATA_SET,
        f"{_DATA_SET} {_DATA_SET_SCHEDULES}",
        _DATA_SET_OWNER,
        f"{_DATA_SET_OWNER} {_DATA_SET_SCHEDULER}",
    ],
    "Analysis": [
        "DescribeAnalysis QueryAnalysis",
        "DescribeAnalysis QueryAnalysis RestoreAnalysis UpdateAnalysis DeleteAnalysis DescribeAnalysisPermissions UpdateAnalysisPermissions",
    ],
    "Dashboard": [
        _DASHBOARD,
        f"{_DASHBOARD} UpdateDashboard DeleteDashboard DescribeDashboardPermissions UpdateDashboardPermissions UpdateDashboardPublishedVersion",
    ],
    "Theme": [
        _THEME,
        f"{_THEME} UpdateTheme DeleteTheme CreateThemeAlias UpdateThemeAlias DeleteThemeAlias UpdateThemePermissions DescribeThemePermissions",
    ],
}


MOST_IN_A_CALL = 64
# Assets that can be shared with a namespace, and those that cannot be shared with readers.
FOR_NAMESPACES = {"Dashboard", "Theme"}
NOT_FOR_READERS = {"DataSource", "DataSet", "Analysis"}


def checked(account, kind, wanted):
    """The requested permissions, by principal. If one cannot be granted, all are refused."""
    if len(wanted) > MOST_IN_A_CALL:
        raise Refused("InvalidParameterValueException", f"At most {MOST_IN_A_CALL} permissions can be granted in one request.")
    known = account.principals() | (dict.fromkeys(account.namespaces()) if kind in FOR_NAMESPACES else {})
    allowed = [frozenset(f"quicksight:{action}" for action in actions.split()) for actions in SETS[kind]]
    for one in wanted:
        if one["Principal"] not in known:
            raise Refused(
                "InvalidParameterValueException",
                f"One or more principals in resource permissions list are not valid QuickSight users ({one['Principal']})",
            )
        if kind in NOT_FOR_READERS and str(known[one["Principal"]]).startswith("READER"):
            raise Refused("InvalidParameterValueException", f"{kind} cannot be shared with roles less privileged than AUTHOR.")
        if frozenset(one["Actions"]) not in allowed:
            raise Refused(
                "InvalidParameterValueException",
                f"ResourcePermission list contains unsupported permission sets {sorted(one['Actions'])} for this resource. "
                f"Valid sets : {' or '.join(str(sorted(actions)) for actions in allowed)}",
            )
    return {one["Principal"]: set(one["Actions"]) for one in wanted}


def revoke(asset, unwanted):
    for one in unwanted:
        left = asset.permissions.get(one["Principal"], set()) - set(one["Actions"])
        asset.permissions.pop(one["Principal"], None)
        if left:
            asset.permissions[one["Principal"]] = left


def listed(asset):
    return [{"Principal": principal, "Actions": sorted(actions)} for principal, actions in sorted(asset.permissions.items())]


class Permissions:
    """DescribeXPermissions and UpdateXPermissions of every kind of asset."""

    def __init__(self, account):
        self.account = account
        for kind, name in (
            ("DataSource", "data_source"),
            ("DataSet", "data_set"),
            ("Analysis", "analysis"),
            ("Dashboard", "dashboard"),
            ("Theme", "theme"),
        ):
            setattr(self, f"describe_{name}_permissions", lambda asked, kind=kind: self._described(kind, asked))
            setattr(self, f"update_{name}_permissions", lambda asked, kind=kind: self._updated(kind, asked))

    def _described(self, kind, asked):
        asset = self.account.get(kind, asked)
        return {f"{kind}Id": asset.id, f"{kind}Arn": asset.arn, "Permissions": listed(asset)}

    def _updated(self, kind, asked):
        asset = self.account.get(kind, asked)
        granted = checked(self.account, kind, asked.get("GrantPermissions", []))
        revoke(asset, asked.get("RevokePermissions", []))
        asset.permissions |= granted
        # The responses for data sets and data sources do not contain the current permissions.
        if kind in ("DataSet", "DataSource"):
            return {f"{kind}Id": asset.id, f"{kind}Arn": asset.arn}
        return self._described(kind, asked)
