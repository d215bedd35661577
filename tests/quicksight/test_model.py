"""Everything that a deployment sends fits AWS's own model of the API, and the check finds what does not."""

import copy
import sys
import unittest

from compiled import ROOT, definition, requests

# The deployment's test double reads the same model.
sys.path.append(str(ROOT / "tests" / "deploy"))
from document import holder  # noqa: E402
from model import api, problems  # noqa: E402


def problems_of(operation, body):
    return problems(body, api("quicksight").operation(operation).input_shape)


class Requests(unittest.TestCase):
    def test_every_request_fits_the_model(self):
        operations = set()
        for operation, body in requests():
            with self.subTest(operation):
                operations.add(operation)
                self.assertEqual(problems_of(operation, body), [])
        self.assertEqual(len(operations), 4)

    def test_every_language_has_the_same_shape(self):
        def shape(value):
            if isinstance(value, dict):
                return {name: shape(member) for name, member in value.items()}
            return [shape(item) for item in value] if isinstance(value, list) else type(value)

        def sheets(language):
            return [shape(sheet["Visuals"]) for sheet in definition(language)["Sheets"]]

        english = [len(visuals) for visuals in sheets("en")]
        for language in ("zh", "ko"):
            self.assertEqual([len(visuals) for visuals in sheets(language)], english)


class BrokenRequests(unittest.TestCase):
    """One change each, and what the model says of it."""

    CHANGES = {
        "visualId' failed to satisfy constraint: Member must not be null": lambda d: holder(d, "VisualId").pop("VisualId"),
        "colour' failed to satisfy constraint: Member is unknown": lambda d: holder(d, "BarsArrangement").update(Colour="red"),
        "enum value set: [CLUSTERED": lambda d: holder(d, "BarsArrangement").update(BarsArrangement="SIDE_BY_SIDE"),
        "Member must be a string": lambda d: holder(d, "ColumnName").update(ColumnName=7),
        "Member must be a whole number": lambda d: holder(d, "ColumnSpan").update(ColumnSpan="12"),
        "Member must have value less than or equal to 36": lambda d: holder(d, "ColumnSpan").update(ColumnSpan=37),
        "regular expression pattern": lambda d: holder(d, "VisualId").update(VisualId="a b"),
        "Exactly one member must be set": lambda d: holder(d, "TimeRangeFilter").update(NumericRangeFilter={}),
        "Member must be a list": lambda d: d.update(Sheets={}),
        "Member must have length less than or equal to 20": lambda d: d.update(Sheets=d["Sheets"] * 3),
        "Member must be a boolean": lambda d: holder(d, "IncludeMinimum").update(IncludeMinimum="yes"),
        "Member must have length greater than or equal to 1": lambda d: holder(d, "PlainText").update(PlainText=""),
    }

    def test_the_check_finds_what_is_broken(self):
        whole = definition()
        for expected, change in self.CHANGES.items():
            with self.subTest(expected):
                broken = copy.deepcopy(whole)
                change(broken)
                body = {"AwsAccountId": "123456789012", "DashboardId": "kiro-kiro", "Name": "kiro", "Definition": broken}
                found = problems_of("CreateDashboard", body)
                self.assertTrue(any(expected in problem for problem in found), found)


if __name__ == "__main__":
    unittest.main()
