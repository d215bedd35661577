"""Requests that AWS's models forbid are refused, in the services' words."""

import json
import unittest

from double_case import ACCOUNT, Doubles


class WhatTheModelRefuses(Doubles):
    def test_everything_that_the_model_forbids_is_named_in_one_answer(self):
        physical = {
            "a_table": {
                "RelationalTable": {"DataSourceArn": "arn:x", "Name": "t", "InputColumns": [{"Name": "a", "Type": "TEXT"}], "Colour": "red"}
            }
        }
        body = {"DataSetId": "d", "Name": "", "PhysicalTableMap": physical, "ImportMode": "SPICES", "Colour": "red"}
        status, kind, said = self.post(f"/accounts/{ACCOUNT}/data-sets", json.dumps(body))
        self.assertEqual((status, kind), (400, "ValidationException"))
        self.assertIn("6 validation errors detected", said)
        self.assertIn(
            "Value at 'physicalTableMap.a_table.member.relationalTable.colour' failed to satisfy constraint: Member is unknown", said
        )
        self.assertIn("Value 'TEXT' at 'physicalTableMap.a_table.member.relationalTable.inputColumns.1.member.type'", said)

    def test_the_messages_are_those_of_the_service(self):
        keys = "Map keys must satisfy constraint: [Member must satisfy regular expression pattern: [0-9a-zA-Z-]*]"
        for members, message in (
            ({"DataSetId": "d"}, "Value null at 'name' failed to satisfy constraint: Member must not be null"),
            ({"Name": "x" * 129}, "Member must have length less than or equal to 128"),
            (
                {"ImportMode": "NEVER"},
                "Value 'NEVER' at 'importMode' failed to satisfy constraint: Member must satisfy enum value set: [SPICE, DIRECT_QUERY]",
            ),
            ({"PhysicalTableMap": {"a_b": {"S3Source": {"DataSourceArn": "a"}}}}, keys),
            ({"PhysicalTableMap": {"a": {}}}, "Exactly one member must be set"),
            ({"Permissions": "all"}, "Value 'all' at 'permissions' failed to satisfy constraint: Member must be a list"),
            ({"DataSetId": 1}, "Value '1' at 'dataSetId' failed to satisfy constraint: Member must be a string"),
        ):
            with self.subTest(message=message):
                self.assertIn(message, json.loads(self.post(f"/accounts/{ACCOUNT}/data-sets", json.dumps(members))[2])["Message"])

    def test_a_body_that_is_no_json_is_refused(self):
        self.assertEqual(self.post(f"/accounts/{ACCOUNT}/data-sets", "{")[:2], (400, "SerializationException"))

    def test_a_path_that_is_none_is_refused(self):
        self.assertEqual(self.post("/accounts", "{}")[:2], (400, "UnknownOperationException"))

    def test_what_the_double_does_not_know_is_said(self):
        self.refused_here(
            "UnknownOperationException",
            "create_vpc_connection",
            "the double does not know CreateVPCConnection",
            VPCConnectionId="v",
            Name="v",
            SubnetIds=["subnet-1", "subnet-2"],
            SecurityGroupIds=["sg-1"],
            RoleArn="arn:aws:iam::123456789012:role/r",
        )


if __name__ == "__main__":
    unittest.main()
