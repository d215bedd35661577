"""Athena with Quick Sight's permissions: the policies of its service role, and its grants in Lake Formation.

Quick Sight reads with the role that a data source names; else with the consumers role, if the account has it; else with the older
service role (user guide, "Authorizing connections to Amazon Athena").
"""

import re
from urllib.parse import urlsplit

from athena import QueryFailed
from botocore.exceptions import ClientError
from quicksight import World
from quicksight.world import Unreadable

ATHENA_POLICY = "arn:aws:iam::aws:policy/service-role/AWSQuicksightAthenaAccess"
ROLES = ("aws-quicksight-s3-consumers-role-v0", "aws-quicksight-service-role-v0")
NO_ROLE = "The QuickSight service role required to access your AWS resources has not been created yet."


class AsServiceRole(World):
    """Reads the environment for each call, as permissions may change."""

    def __init__(self, environment):
        self.environment = environment
        self.athena, self.iam = environment.emulator.client("athena"), environment.emulator.client("iam")
        # The rows that each query returned last: what SPICE holds.
        self.content = {}

    def has_workgroup(self, name):
        return name in {group["Name"] for group in self.athena.list_work_groups()["WorkGroups"]}

    def role(self, named=None):
        """The ARN of the role in use. Raises Unreadable without one."""
        for name in [named.rpartition("/")[2]] if named else ROLES:
            try:
                return self.iam.get_role(RoleName=name)["Role"]["Arn"]
            except ClientError:
                continue
        raise Unreadable("IAM_ROLE_NOT_AVAILABLE", NO_ROLE)

    def try_out(self, workgroup, role_arn=None):
        self._may_query(self.role(role_arn), workgroup)

    def rows(self, sql, workgroup, role_arn=None):
        role = self.role(role_arn)
        self._may_query(role, workgroup)
        read = sorted(self.environment.engine.reads(sql, "default"))
        for _, table in self.environment.grants.denied(role, "SELECT", read):
            raise Unreadable("PERMISSION_DENIED", f"Insufficient Lake Formation permission(s): Required SELECT on {table}")
        tables = {database: self.environment.catalogue.all_of(database) for database, _ in read}
        for database, table in read:
            location = tables[database][table]["StorageDescriptor"].get("Location")
            if location:
                self._may(role, location, "s3:GetObject")
        try:
            self.content[sql] = self.environment.engine.run(sql, "default")[1]
            return len(self.content[sql])
        except QueryFailed as error:
            raise Unreadable("SQL_EXCEPTION", str(error)) from error

    def _may_query(self, role, workgroup):
        """Checks that a role may run queries and write their results to the workgroup's location."""
        attached = self.iam.list_attached_role_policies(RoleName=role.rpartition("/")[2])["AttachedPolicies"]
        if ATHENA_POLICY not in {policy["PolicyArn"] for policy in attached}:
            raise Unreadable("PERMISSION_DENIED", f"{role} is not authorized to perform: athena:StartQueryExecution")
        configured = self.athena.get_work_group(WorkGroup=workgroup)["WorkGroup"].get("Configuration", {})
        location = configured.get("ResultConfiguration", {}).get("OutputLocation")
        if location:
            self._may(role, location, "s3:GetObject", "s3:PutObject")

    def _may(self, role, location, *actions):
        place = urlsplit(location)
        below = f"arn:aws:s3:::{place.netloc}{place.path.rstrip('/')}/file"
        # The emulator finds roles by name.
        without_path = re.sub(r":role/.*/", ":role/", role)
        decided = self.iam.simulate_principal_policy(PolicySourceArn=without_path, ActionNames=list(actions), ResourceArns=[below])[
            "EvaluationResults"
        ]
        for decision in decided:
            if decision["EvalDecision"] != "allowed":
                raise Unreadable("PERMISSION_DENIED", f"{role} is not authorized to perform: {decision['EvalActionName']} on {below}")
