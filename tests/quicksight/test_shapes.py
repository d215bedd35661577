"""Every form of the compiled definition is one that real, public definitions use, or an exception with its reason."""

import csv
import re
import unittest

from compiled import LANGUAGES, MODES, definition
from shapes import TABLE, forms

# Forms that no definition in the table has, and why they are used.
EXCEPTIONS = {
    r"\(Visual\)\.\w+\.VisualContentAltText": "only headlines have it there; the API has the member on every visual, for screen readers",
    r"\(Visual\)\.HeatMapVisual\..*\.HeatMapColumnItemsLimitConfiguration": (
        "the four public heat maps have few columns; without it 50 are shown, and a year has 53 weeks"
    ),
    r".*ScreenCanvasSizeOptions\.ResizeOption = RESPONSIVE": (
        "on sheets all are FIXED at a width; the value is in their AnalysisDefaults and what the console offers as `Tiled`"
    ),
    r"\(DisplayOptions\)\.MissingDataConfigurations\[\]\.TreatmentOption = SHOW_AS_BLANK": (
        "they interpolate or leave the default; a day without data is a gap on the page, too"
    ),
    r"\(DateMeasureField\)\.AggregationFunction = MIN": "first days; MAX and DISTINCT_COUNT are there, of the same enumeration",
    r"\(NumericalDimensionField\)\.FormatConfiguration\.FormatConfiguration\.NumberDisplayFormatConfiguration\..*": (
        "the format of numbers in groups is the structure that NumericalMeasureField has, where these members are used"
    ),
}


def known():
    with TABLE.open() as table:
        return {row.pop("form"): sum(map(int, row.values())) for row in csv.DictReader(table, delimiter="\t")}


def unknown(found):
    return sorted(found - set(known()))


def unexplained(found):
    return [form for form in unknown(found) if not any(re.fullmatch(known, form) for known in EXCEPTIONS)]


class Shapes(unittest.TestCase):
    def test_every_form_is_real_or_explained(self):
        for mode in MODES:
            for language in LANGUAGES:
                with self.subTest(mode=mode, language=language):
                    self.assertEqual(unexplained(forms(definition(language, mode))), [])

    def test_no_exception_is_left_over(self):
        found = unknown(forms(definition()))
        left = [pattern for pattern in EXCEPTIONS if not any(re.fullmatch(pattern, form) for form in found)]
        self.assertEqual(left, [])

    def test_the_table_counts_definitions(self):
        counts = known().values()
        self.assertGreater(len(counts), 500)
        self.assertGreater(min(counts), 0)
        # The three repositories hold 27 definitions.
        self.assertLessEqual(max(counts), 27)

    def test_an_unknown_form_is_found(self):
        document = definition()
        group = document["FilterGroups"][0]
        group["CrossDataset"] = "EVERY_DATASET"
        visuals = [body for visual in document["Sheets"][0]["Visuals"] for body in visual.values()]
        visuals[0]["Colour"] = "red"
        self.assertEqual(
            unexplained(forms(document)), ["(Visual).KPIVisual.Colour", "FilterGroups[].CrossDataset = EVERY_DATASET"]
        )


if __name__ == "__main__":
    unittest.main()
