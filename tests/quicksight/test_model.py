"""Everything that a deployment sends fits AWS's own model of the API, and the check finds what does not."""

import copy
import unittest

from compiled import definition, requests
from model import Model


def first(value, name):
    """The first member of that name, wherever it stands."""
    if isinstance(value, dict):
        if name in value:
            return value
        value = list(value.values())
    if isinstance(value, list):
        for item in value:
            found = first(item, name)
            if found is not None:
                return found
    return None


class Requests(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.model = Model()

    def test_every_request_fits_the_model(self):
        kinds = set()
        for shape, body in requests():
            with self.subTest(shape):
                kinds.add(shape)
                self.assertEqual(self.model.problems(shape, body), [])
        self.assertEqual(len(kinds), 4)

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
        "lacks `VisualId`": lambda d: first(d, "VisualId").pop("VisualId"),
        "unknown `Colour`": lambda d: first(d, "BarsArrangement").update(Colour="red"),
        "is none of": lambda d: first(d, "BarsArrangement").update(BarsArrangement="SIDE_BY_SIDE"),
        "expected a string": lambda d: first(d, "ColumnName").update(ColumnName=7),
        "expected a number": lambda d: first(d, "ColumnSpan").update(ColumnSpan="12"),
        "is more than 36": lambda d: first(d, "ColumnSpan").update(ColumnSpan=37),
        "does not match": lambda d: first(d, "VisualId").update(VisualId="a b"),
        "expected one member": lambda d: first(d, "TimeRangeFilter").update(NumericRangeFilter={}),
        "expected a list": lambda d: d.update(Sheets={}),
        "items: 21 is more than 20": lambda d: d.update(Sheets=d["Sheets"] * 3),
        "expected true or false": lambda d: first(d, "IncludeMinimum").update(IncludeMinimum="yes"),
        "length: 0 is less than 1": lambda d: first(d, "PlainText").update(PlainText=""),
    }

    def test_the_check_finds_what_is_broken(self):
        model = Model()
        whole = definition()
        for expected, change in self.CHANGES.items():
            with self.subTest(expected):
                broken = copy.deepcopy(whole)
                change(broken)
                problems = model.problems("DashboardVersionDefinition", broken)
                self.assertTrue(any(expected in problem for problem in problems), problems)


if __name__ == "__main__":
    unittest.main()
