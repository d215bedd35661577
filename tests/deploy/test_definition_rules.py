"""Tests each rule over a definition: one definition that keeps all rules, and for each rule a change that breaks only this rule."""

import copy
import re
import unittest
from pathlib import Path

from document import holder
from quicksight.definition_rules import RULES, is_aggregated, violations

PAGE = Path(__file__).with_name("rules.md")


def column(name):
    return {"DataSetIdentifier": "daily", "ColumnName": name}


def measure(name, field="m"):
    return {
        "NumericalMeasureField": {"FieldId": field, "Column": column(name), "AggregationFunction": {"SimpleNumericalAggregation": "SUM"}}
    }


def day():
    return {"DateDimensionField": {"FieldId": "day", "Column": column("day")}}


def action(**filtered):
    operation = {"SelectedFieldsConfiguration": {"SelectedFields": ["m"]}, "TargetVisualsConfiguration": {}} | filtered
    return {"CustomActionId": "a", "Name": "a", "Trigger": "DATA_POINT_CLICK", "ActionOperations": [{"FilterOperation": operation}]}


def visual(kind, name, wells, **more):
    return {kind: {"VisualId": name, "ChartConfiguration": {"FieldWells": wells} | more}}


def category(name, **configuration):
    return {"CategoryFilter": {"FilterId": name, "Column": column("client"), "Configuration": configuration}}


def scope(sheet, kind, *visuals):
    return {"SheetId": sheet, "Scope": kind} | ({"VisualIds": list(visuals)} if visuals else {})


def group(name, filters, *scopes):
    return {
        "FilterGroupId": name,
        "CrossDataset": "SINGLE_DATASET",
        "Filters": filters,
        "ScopeConfiguration": {"SelectedSheets": {"SheetVisualScopingConfigurations": list(scopes)}},
    }


def sound():
    """A definition with everything that rules check; it breaks no rule."""
    listed = {"FilterListConfiguration": {"MatchOperator": "CONTAINS", "CategoryValues": ["ide"]}}
    by_parameter = {"CustomFilterConfiguration": {"MatchOperator": "EQUALS", "NullOption": "NON_NULLS_ONLY", "ParameterName": "Client"}}
    grid = {"GridLayout": {"Elements": [{"ElementId": "control", "ElementType": "FILTER_CONTROL", "ColumnSpan": 3, "RowSpan": 1}]}}
    return {
        "DataSetIdentifierDeclarations": [
            {"Identifier": "daily", "DataSetArn": "arn:aws:quicksight:eu-central-1:123456789012:dataset/daily"}
        ],
        "CalculatedFields": [
            {"DataSetIdentifier": "daily", "Name": "ratio", "Expression": "sum({messages}) / 2"},
            {"DataSetIdentifier": "daily", "Name": "of_user", "Expression": "sum({messages}, [{user}]) /* sumOver(sumOver(1)) */"},
            {"DataSetIdentifier": "daily", "Name": "rank", "Expression": "sumOver({messages}, [{user}], PRE_AGG)"},
        ],
        "ParameterDeclarations": [
            {
                "StringParameterDeclaration": {
                    "Name": "Client",
                    "ParameterValueType": "SINGLE_VALUED",
                    "DefaultValues": {"StaticValues": ["ide"]},
                }
            },
            {"DateTimeParameterDeclaration": {"Name": "From", "DefaultValues": {"RollingDate": {"Expression": "now()"}}}},
        ],
        "FilterGroups": [
            group("one", [category("f1", **listed)], scope("a", "SELECTED_VISUALS", "kpi", "line")),
            group("three", [category("f3", **listed)], scope("a", "SELECTED_VISUALS", "kpi")),
            group("two", [category("f2", **by_parameter)], scope("a", "ALL_VISUALS"), scope("b", "ALL_VISUALS")),
        ],
        "Sheets": [
            {
                "SheetId": "a",
                "Visuals": [
                    visual("KPIVisual", "kpi", {"Values": [measure("messages")]}),
                    visual(
                        "KPIVisual",
                        "compared",
                        {"Values": [measure("messages")], "TargetValues": [measure("before", "t")]},
                        KPIOptions={"Comparison": {}},
                    ),
                    visual(
                        "LineChartVisual",
                        "line",
                        {"LineChartAggregatedFieldWells": {"Category": [day()], "Values": [measure("messages"), measure("lines", "l")]}},
                    ),
                    visual("TableVisual", "table", {"TableAggregatedFieldWells": {"GroupBy": [day()], "Values": [measure("messages")]}}),
                ],
                "FilterControls": [{"Dropdown": {"FilterControlId": "control", "Title": "Client", "SourceFilterId": "f1"}}],
                "TextBoxes": [{"SheetTextBoxId": "text", "Content": "<text-box><ul><li>one</li></ul><br/></text-box>"}],
                "Layouts": [{"Configuration": {"FreeFormLayout": {"Elements": [], "CanvasSizeOptions": {}}}}],
                "SheetControlLayouts": [{"Configuration": grid}],
            },
            {
                "SheetId": "b",
                "Visuals": [
                    visual(
                        "BarChartVisual", "bar", {"BarChartAggregatedFieldWells": {"Category": [day()], "Values": [measure("messages")]}}
                    )
                    | {},
                ],
                "Layouts": [
                    {
                        "Configuration": {
                            "GridLayout": {"Elements": [], "CanvasSizeOptions": {"ScreenCanvasSizeOptions": {"ResizeOption": "RESPONSIVE"}}}
                        }
                    }
                ],
            },
        ],
    }


def visual_of(definition, name):
    return next(said for sheet in definition["Sheets"] for one in sheet["Visuals"] for said in one.values() if said["VisualId"] == name)


def wells(definition, name):
    return next(iter(visual_of(definition, name)["ChartConfiguration"]["FieldWells"].values()))


def chart(definition, name):
    return visual_of(definition, name)["ChartConfiguration"]


# One change for each rule, by the rule that it breaks.
CHANGES = {
    "selected_visuals_are_on_one_sheet": lambda d: d["FilterGroups"][1]["ScopeConfiguration"]["SelectedSheets"][
        "SheetVisualScopingConfigurations"
    ].append(scope("b", "SELECTED_VISUALS", "bar")),
    "all_visuals_name_no_visuals": lambda d: holder(d["FilterGroups"][2], "Scope").update(VisualIds=["kpi"]),
    "category_filters_have_one_source_of_values": lambda d: holder(d, "FilterListConfiguration")["FilterListConfiguration"].update(
        SelectAllOptions="FILTER_ALL_VALUES"
    ),
    "filter_lists_contain_or_do_not": lambda d: holder(d, "FilterListConfiguration")["FilterListConfiguration"].update(
        MatchOperator="EQUALS"
    ),
    "default_dropdowns_of_filter_lists_have_no_values": lambda d: d["FilterGroups"][0]["Filters"][0]["CategoryFilter"].update(
        DefaultFilterControlConfiguration={
            "Title": "t",
            "ControlOptions": {"DefaultDropdownOptions": {"SelectableValues": {"Values": ["ide"]}}},
        }
    ),
    "controls_of_filters_on_several_sheets_are_cross_sheet": lambda d: holder(d, "SourceFilterId").update(SourceFilterId="f2"),
    "parameters_of_filters_are_declared": lambda d: holder(d, "CustomFilterConfiguration")["CustomFilterConfiguration"].update(
        ParameterName="Other"
    ),
    "kpi_options_need_a_comparison": lambda d: chart(d, "kpi").update(KPIOptions={"TrendArrows": {"Visibility": "VISIBLE"}}),
    "lines_have_one_value_or_no_colour": lambda d: wells(d, "line").update(
        Colors=[{"CategoricalDimensionField": {"FieldId": "c", "Column": column("client")}}]
    ),
    "selected_fields_are_named_once": lambda d: visual_of(d, "bar").update(
        Actions=[action(SelectedFieldsConfiguration={"SelectedFields": ["m", "m"]})]
    ),
    "targets_on_the_same_sheet_are_all_or_named": lambda d: visual_of(d, "bar").update(
        Actions=[
            action(
                TargetVisualsConfiguration={
                    "SameSheetTargetVisualConfiguration": {"TargetVisuals": [], "TargetVisualOptions": "ALL_VISUALS"}
                }
            )
        ]
    ),
    "navigation_comes_before_parameters": lambda d: visual_of(d, "bar").update(
        Actions=[action() | {"ActionOperations": [{"SetParametersOperation": {}}, {"NavigationOperation": {}}]}]
    ),
    "tables_show_a_column_once": lambda d: wells(d, "table")["Values"].append(measure("messages", "again")),
    "field_ids_are_unique_in_a_visual": lambda d: wells(d, "bar")["Values"].append(measure("lines")),
    "ids_are_unique": lambda d: visual_of(d, "bar").update(VisualId="kpi"),
    "single_valued_parameters_have_one_default": lambda d: holder(d, "StaticValues")["StaticValues"].append("cli"),
    "custom_values_when_unset_are_recommended_ones": lambda d: holder(d, "ParameterValueType").update(
        ValueWhenUnset={"ValueWhenUnsetOption": "NULL", "CustomValue": "ide"}
    ),
    "date_parameters_have_a_default": lambda d: holder(d, "RollingDate").clear(),
    "parameter_names_are_unique": lambda d: d["ParameterDeclarations"][1]["DateTimeParameterDeclaration"].update(Name="Client"),
    "aggregated_fields_are_not_aggregated_again": lambda d: wells(d, "bar").update(Values=[measure("ratio")]),
    "functions_over_a_partition_are_not_nested": lambda d: d["CalculatedFields"][2].update(
        Expression="sumOver(minOver({messages}, [{day}], PRE_AGG), [{user}], PRE_AGG)"
    ),
    "data_sets_of_calculated_fields_are_declared": lambda d: d["CalculatedFields"][2].update(DataSetIdentifier="nightly"),
    "free_form_layouts_have_a_canvas": lambda d: holder(d, "FreeFormLayout")["FreeFormLayout"].pop("CanvasSizeOptions"),
    "controls_are_in_a_grid_of_twelve_columns": lambda d: holder(d, "ColumnSpan").update(ColumnSpan=7),
    "responsive_grids_have_no_view_port_width": lambda d: holder(d, "ResizeOption").update(OptimizedViewPortWidth="1600px"),
    "texts_have_no_line_break_in_a_list": lambda d: holder(d, "Content").update(
        Content="<text-box><ul><li>one<br/>two</li></ul></text-box>"
    ),
}


class DefinitionRules(unittest.TestCase):
    def test_a_sound_definition_breaks_no_rule(self):
        self.assertEqual([str(one) for one in violations(sound())], [])

    def test_each_rule_is_broken_by_one_change(self):
        self.assertEqual(set(CHANGES), {rule.name for rule in RULES})
        for name, change in CHANGES.items():
            with self.subTest(name):
                broken = copy.deepcopy(sound())
                change(broken)
                self.assertEqual({one.rule for one in violations(broken)}, {name})

    def test_only_rules_of_a_moment_are_asked_for(self):
        broken = sound()
        CHANGES["kpi_options_need_a_comparison"](broken)
        CHANGES["data_sets_of_calculated_fields_are_declared"](broken)
        for rule in {rule.when: rule for rule in RULES}.values():
            self.assertEqual({one.when for one in violations(broken, rule.when)} - {rule.when}, set())

    def test_a_value_for_a_group_of_rows_is_told_from_one_for_each_row(self):
        for expression, expected in (
            ("sum({a})", True),
            ("{sum(a)} + 1", False),
            ("sum({a}, [{b}])", False),
            ("sum(sum({a}, [{b}]))", True),
            ("avg(ifelse(max({a}, [{b}]) = 1, 1, 0))", True),
            ("ifelse(max({a}, [{b}]) = 1, 1, 0)", False),
            ("ifelse({a} = 'sum(', 1, 0) // max({a})", False),
            ("distinct_count({a}) / count({b})", True),
        ):
            with self.subTest(expression):
                self.assertEqual(is_aggregated(expression), expected)

    def test_the_page_names_every_rule(self):
        named = set(re.findall(r"`(\w+)`", PAGE.read_text()))
        self.assertEqual({rule.name for rule in RULES} - named, set())


if __name__ == "__main__":
    unittest.main()
