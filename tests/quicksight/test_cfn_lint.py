"""The same documents as CloudFormation resources pass its checker, which finds what is broken for it."""

import copy
import json
import unittest

from cfnlint.api import ManualArgs, lint
from compiled import template


def found(document):
    matches = lint(json.dumps(document, indent=1), config=ManualArgs(regions=["us-east-1", "eu-central-1"]))
    return {f"{match.rule.id}: {match.message}" for match in matches}


class Template(unittest.TestCase):
    def test_the_resources_pass(self):
        document = template()
        kinds = {resource["Type"] for resource in document["Resources"].values()}
        self.assertEqual(kinds, {f"AWS::QuickSight::{kind}" for kind in ("Dashboard", "DataSet", "Theme")})
        self.assertEqual(found(document), set())

    def test_the_checker_finds_what_is_broken(self):
        document = template()
        # One sheet is enough to break something in, and quicker to check.
        definition = document["Resources"]["Dashboard"]["Properties"]["Definition"]
        definition["Sheets"] = definition["Sheets"][:1]
        document["Resources"] = {"Dashboard": document["Resources"]["Dashboard"]}
        for rule, change in {
            "E3002": lambda visual: visual.update(Colour="red"),
            "E3030": lambda visual: visual["Title"].update(Visibility="SHOWN"),
            "E3003": lambda visual: visual.pop("VisualId"),
        }.items():
            with self.subTest(rule):
                broken = copy.deepcopy(document)
                visuals = broken["Resources"]["Dashboard"]["Properties"]["Definition"]["Sheets"][0]["Visuals"]
                change(visuals[0]["KPIVisual"])
                self.assertIn(rule, {match.split(":")[0] for match in found(broken)})


if __name__ == "__main__":
    unittest.main()
