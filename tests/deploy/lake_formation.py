"""A double of Lake Formation: grants on the databases and tables of the catalogue, in force or not.

Other emulators accept any grant. This one refuses invalid principals (as a session's ARN), missing resources, and permissions that the
resource does not have, and lists SELECT as the service does: as a grant on all columns.
"""

import re

from double import Double, Refused, page

EVERYONE = "IAM_ALLOWED_PRINCIPALS"
OF_DATABASE = {"ALL", "CREATE_TABLE", "ALTER", "DROP", "DESCRIBE"}
OF_TABLE = {"ALL", "SELECT", "INSERT", "DELETE", "DESCRIBE", "ALTER", "DROP", "SUPER_USER"}
PRINCIPAL = re.compile(
    r"IAM_ALLOWED_PRINCIPALS|\d{12}|arn:aws[a-z-]*:iam::\d{12}:(user|role|group)/.+|arn:aws[a-z-]*:quicksight:[a-z0-9-]*:\d{12}:(user|group)/.+"
)


class Catalogue:
    """Resources of grants: names of databases, and of tables as (database, table). This one is fixed."""

    def __init__(self, databases=(), tables=(), roles=None):
        self.names, self.pairs, self.role_arns = set(databases), set(tables), roles

    def databases(self):
        return self.names

    def tables(self):
        return self.pairs

    def has_role(self, arn):
        return self.role_arns is None or arn in self.role_arns


class Grants:
    """State and operations."""

    def __init__(self, catalogue, caller="arn:aws:iam::123456789012:user/deployer", account="123456789012"):
        self.catalogue, self.caller, self.account = catalogue, caller, account
        open_to_all = [{"Principal": {"DataLakePrincipalIdentifier": EVERYONE}, "Permissions": ["ALL"]}]
        self.settings = {
            "DataLakeAdmins": [],
            "CreateDatabaseDefaultPermissions": open_to_all,
            "CreateTableDefaultPermissions": open_to_all,
            "Parameters": {"CROSS_ACCOUNT_VERSION": "4"},
            "TrustedResourceOwners": [],
        }
        # Permissions by (principal, database, table or None).
        self.grants, self.known = {}, set()

    def put_in_force(self):
        """New resources need a grant from now on."""
        self.settings |= {
            "DataLakeAdmins": [{"DataLakePrincipalIdentifier": self.caller}],
            "CreateDatabaseDefaultPermissions": [],
            "CreateTableDefaultPermissions": [],
        }

    def allows(self, principal, permission, database, table):
        """Returns whether a principal has a permission, by its own grants or by everyone's."""
        return not self.denied(principal, permission, [(database, table)])

    def denied(self, principal, permission, tables):
        """The tables (database, table) on which a principal lacks a permission."""
        self._look()
        enough = {permission, "ALL"}
        return [
            (database, table)
            for database, table in tables
            if not enough & self.grants.get((principal, database, table), set())
            and not enough & self.grants.get((EVERYONE, database, table), set())
        ]

    # ---- operations ----

    def get_data_lake_settings(self, _asked):
        return {"DataLakeSettings": self.settings}

    def put_data_lake_settings(self, asked):
        self._look()
        self.settings = asked["DataLakeSettings"]

    def grant_permissions(self, asked):
        self._look()
        self._grant(asked)

    def revoke_permissions(self, asked):
        self._look()
        self._revoke(asked)

    def batch_grant_permissions(self, asked):
        return self._each(asked, self._grant)

    def batch_revoke_permissions(self, asked):
        return self._each(asked, self._revoke)

    def list_permissions(self, asked):
        self._look()
        wanted = asked.get("Principal", {}).get("DataLakePrincipalIdentifier")
        key = self._key(asked["Resource"]) if "Resource" in asked else None
        listed = []
        for (principal, database, table), permissions in sorted(
            self.grants.items(), key=lambda item: (item[0][0], item[0][1], item[0][2] or "")
        ):
            if wanted not in (None, principal) or key not in (None, (database, table)):
                continue
            if asked.get("ResourceType") not in (None, "TABLE" if table else "DATABASE"):
                continue
            listed += self._shown(principal, database, table, permissions)
        return page(listed, asked, "PrincipalResourcePermissions")

    def list_resources(self, asked):
        return page([], asked, "ResourceInfoList")

    def describe_resource(self, asked):
        raise Refused("EntityNotFoundException", f"Resource {asked['ResourceArn']} is not registered.")

    # ---- internals ----

    def _look(self):
        """Adds the default grants of new resources of the catalogue, and removes the grants of deleted ones."""
        there = {(database, None) for database in self.catalogue.databases()} | set(self.catalogue.tables())
        for database, table in there - self.known:
            defaults = self.settings[f"Create{'Table' if table else 'Database'}DefaultPermissions"]
            for one in defaults:
                self.grants[one["Principal"]["DataLakePrincipalIdentifier"], database, table] = set(one["Permissions"])
        self.grants = {key: held for key, held in self.grants.items() if key[1:] in there}
        self.known = there

    def _grant(self, asked):
        key = self._checked(asked)
        self.grants.setdefault(key, set()).update(asked["Permissions"])

    def _revoke(self, asked):
        key = self._checked(asked)
        held = self.grants.get(key, set())
        if not held & set(asked["Permissions"]) and "ALL" not in asked["Permissions"]:
            raise Refused("InvalidInputException", "No permissions revoked. Grantee has no such permissions on the resource.")
        left = set() if "ALL" in asked["Permissions"] else held - set(asked["Permissions"])
        if left:
            self.grants[key] = left
        else:
            self.grants.pop(key, None)

    def _checked(self, asked):
        principal = asked["Principal"]["DataLakePrincipalIdentifier"]
        if not PRINCIPAL.fullmatch(principal) or (":role/" in principal and not self.catalogue.has_role(principal)):
            raise Refused("InvalidInputException", f"Invalid principal, arn: {principal}")
        database, table = self._key(asked["Resource"])
        if (database, table) not in self.known:
            raise Refused("EntityNotFoundException", "Table not found." if table else "Database not found.")
        unknown = set(asked["Permissions"]) - (OF_TABLE if table else OF_DATABASE)
        if unknown:
            raise Refused("InvalidInputException", f"Permissions modification is invalid: {', '.join(sorted(unknown))}")
        admins = {admin["DataLakePrincipalIdentifier"] for admin in self.settings.get("DataLakeAdmins", [])}
        if self.caller not in admins:
            raise Refused(
                "AccessDeniedException", f"Insufficient Lake Formation permission(s): Required grantable permissions on {table or database}"
            )
        return principal, database, table

    def _each(self, asked, change):
        self._look()
        failures = []
        for entry in asked["Entries"]:
            try:
                change(entry)
            except Refused as refused:
                failures.append({"RequestEntry": entry, "Error": {"ErrorCode": refused.code, "ErrorMessage": str(refused)}})
        return {"Failures": failures}

    @staticmethod
    def _key(resource):
        ((kind, said),) = resource.items()
        match kind:
            case "Database":
                return said["Name"], None
            case "Table" | "TableWithColumns" if "Name" in said:
                return said["DatabaseName"], said["Name"]
        raise Refused("InvalidInputException", f"the double knows databases and single tables, no {kind}")

    def _shown(self, principal, database, table, permissions):
        who = {"Principal": {"DataLakePrincipalIdentifier": principal}, "PermissionsWithGrantOption": []}
        if table is None:
            yield who | {"Resource": {"Database": {"CatalogId": self.account, "Name": database}}, "Permissions": sorted(permissions)}
            return
        named = {"CatalogId": self.account, "DatabaseName": database, "Name": table}
        rest = permissions - {"SELECT"}
        if rest:
            yield who | {"Resource": {"Table": named}, "Permissions": sorted(rest)}
        if "SELECT" in permissions:
            yield who | {"Resource": {"TableWithColumns": named | {"ColumnWildcard": {}}}, "Permissions": ["SELECT"]}


def lake_formation(catalogue=None, **of_grants):
    """The double, and its state."""
    grants = Grants(catalogue or Catalogue(), **of_grants)
    return Double("lakeformation", [grants]), grants
