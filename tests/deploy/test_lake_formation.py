"""The double of Lake Formation through boto3."""

import unittest

from botocore.exceptions import ClientError

from double_case import ACCOUNT, Doubles


class LakeFormation(Doubles):
    ROLE = f"arn:aws:iam::{ACCOUNT}:role/service-role/aws-quicksight-service-role-v0"
    TABLE = {"Table": {"DatabaseName": "kiro", "Name": "daily"}}

    def setUp(self):
        super().setUp()
        self.client_of_lake = self.client("lakeformation")

    def grant(self, principal, resource, *permissions):
        self.client_of_lake.grant_permissions(
            Principal={"DataLakePrincipalIdentifier": principal}, Resource=resource, Permissions=permissions
        )

    def refused_grant(self, code, message, *asked):
        with self.assertRaises(ClientError) as raised:
            self.grant(*asked)
        self.assertEqual(raised.exception.response["Error"]["Code"], code)
        self.assertIn(message, raised.exception.response["Error"]["Message"])

    def test_what_is_open_says_so(self):
        listed = self.client_of_lake.list_permissions(Resource=self.TABLE)["PrincipalResourcePermissions"]
        self.assertEqual(
            [(one["Principal"]["DataLakePrincipalIdentifier"], one["Permissions"]) for one in listed], [("IAM_ALLOWED_PRINCIPALS", ["ALL"])]
        )
        self.assertTrue(self.grants.allows(self.ROLE, "SELECT", "kiro", "daily"))

    def test_select_is_listed_as_a_grant_on_all_columns(self):
        self.grants.put_in_force()
        self.assertFalse(self.grants.allows(self.ROLE, "SELECT", "kiro", "daily"))
        self.grant(self.ROLE, self.TABLE, "SELECT", "DESCRIBE")
        listed = self.client_of_lake.list_permissions(Principal={"DataLakePrincipalIdentifier": self.ROLE})["PrincipalResourcePermissions"]
        self.assertEqual(
            [(next(iter(one["Resource"])), one["Permissions"]) for one in listed],
            [("Table", ["DESCRIBE"]), ("TableWithColumns", ["SELECT"])],
        )
        self.assertTrue(self.grants.allows(self.ROLE, "SELECT", "kiro", "daily"))

    def test_what_cannot_be_granted_is_refused(self):
        self.grants.put_in_force()
        session = f"arn:aws:sts::{ACCOUNT}:assumed-role/deployer/session"
        self.refused_grant("InvalidInputException", "Invalid principal", session, self.TABLE, "SELECT")
        self.refused_grant("InvalidInputException", "Invalid principal", f"arn:aws:iam::{ACCOUNT}:role/other", self.TABLE, "SELECT")
        self.refused_grant(
            "EntityNotFoundException", "Table not found", self.ROLE, {"Table": {"DatabaseName": "kiro", "Name": "x"}}, "SELECT"
        )
        self.refused_grant("InvalidInputException", "CREATE_TABLE", self.ROLE, self.TABLE, "CREATE_TABLE")

    def test_only_administrators_grant(self):
        self.refused_grant("AccessDeniedException", "Insufficient Lake Formation permission", self.ROLE, self.TABLE, "SELECT")

    def test_revoking(self):
        self.grants.put_in_force()
        self.grant(self.ROLE, self.TABLE, "SELECT")
        revoke = {"Principal": {"DataLakePrincipalIdentifier": self.ROLE}, "Resource": self.TABLE, "Permissions": ["SELECT"]}
        self.client_of_lake.revoke_permissions(**revoke)
        with self.assertRaises(ClientError):
            self.client_of_lake.revoke_permissions(**revoke)


if __name__ == "__main__":
    unittest.main()
