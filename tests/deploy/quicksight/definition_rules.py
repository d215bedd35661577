"""Rules of Quick Sight over the definition of an analysis or a dashboard that AWS's model of the API does not contain.

Owns one small function per rule, over the definition alone: no account, no data sets. `rules.md` lists the service's words and the source
of each rule, and its certainty. `quicksight/definition.py` checks against the account: columns, their types, data sets.

    from quicksight.definition_rules import violations
    assert violations(definition) == []
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum
from xml.etree import ElementTree


class When(Enum):
    """When the service notices."""

    # The request is refused with HTTP 400.
    REQUEST = "request"
    # The request is accepted; the new version ends as CREATION_FAILED or UPDATE_FAILED with `Errors`.
    VERSION = "version"
    # Not refused, but viewers see an error or an empty visual. The doubles accept it.
    VIEW = "view"


@dataclass(frozen=True)
class Rule:
    """One rule. `find` yields pairs of a path and a message for each place in a definition that breaks it."""

    name: str
    when: When
    find: Callable[[dict], Iterator[tuple[str, str]]]
    # The error of the service: the code of a refused request, or the type of a version's error.
    code: str = "InvalidParameterValueException"
    # Whether `ValidationStrategy` LENIENT skips the rule.
    lenient: bool = False


@dataclass(frozen=True)
class Violation:
    """One place that breaks a rule."""

    rule: str
    when: When
    code: str
    message: str
    path: str
    lenient: bool

    def __str__(self):
        return f"{self.rule} at {self.path or '/'}: {self.message}"


RULES = []


def violations(definition, *when):
    """All violations in a definition; with `when`, only those of these moments."""
    return [
        Violation(rule.name, rule.when, rule.code, message, path, rule.lenient)
        for rule in RULES
        if not when or rule.when in when
        for path, message in rule.find(definition)
    ]


def rule(when=When.REQUEST, **more):
    """Registers a function as the rule of its name."""

    def register(find):
        RULES.append(Rule(find.__name__, when, find, **more))
        return find

    return register


# ---- filter groups ----


@rule()
def selected_visuals_are_on_one_sheet(definition):
    """A group over several sheets applies to all visuals of each. The wording is the double's: no source quotes the service's."""
    for group in definition.get("FilterGroups", []):
        scopes = _scopes(group)
        if len(scopes) > 1 and any(scope["Scope"] == "SELECTED_VISUALS" for scope in scopes):
            yield (
                _of_group(group),
                f"FilterGroups scoped to multiple sheets must use ALL_VISUALS on each sheet,  \n\t at Filter Group {group['FilterGroupId']}.",
            )


@rule()
def all_visuals_name_no_visuals(definition):
    for group in definition.get("FilterGroups", []):
        if any(scope["Scope"] == "ALL_VISUALS" and scope.get("VisualIds") for scope in _scopes(group)):
            yield (
                _of_group(group),
                f"FilterGroups scoped to ALL_VISUALS must not have a list of visualIds,  \n\t at Filter Group {group['FilterGroupId']}.",
            )


@rule()
def category_filters_have_one_source_of_values(definition):
    for path, one in _filters(definition, "CategoryFilter"):
        for configuration in one["Configuration"].values():
            sources = [
                name
                for name in ("CategoryValues", "CategoryValue", "ParameterName", "SelectAllOptions")
                if configuration.get(name) not in (None, [])
            ]
            if len(sources) > 1:
                yield (
                    path,
                    f"Category Filter must define only one of: CategoryValue(s), ParameterName, SelectAllOptions,  \n\t at Filter {one['FilterId']}.",
                )


@rule()
def filter_lists_contain_or_do_not(definition):
    for path, one in _filters(definition, "CategoryFilter"):
        listed = one["Configuration"].get("FilterListConfiguration")
        if listed and listed["MatchOperator"] not in ("CONTAINS", "DOES_NOT_CONTAIN"):
            yield path, f"FilterListConfiguration does not support the match operator {listed['MatchOperator']}."


@rule()
def default_dropdowns_of_filter_lists_have_no_values(definition):
    for path, one in _filters(definition, "CategoryFilter"):
        control = one.get("DefaultFilterControlConfiguration", {}).get("ControlOptions", {})
        for kind in ("DefaultDropdownOptions", "DefaultListOptions"):
            if "FilterListConfiguration" in one["Configuration"] and control.get(kind, {}).get("SelectableValues"):
                yield path, f"Filter {one['FilterId']} doesn't support SELECT_ITEMS control with the given properties"


@rule()
def controls_of_filters_on_several_sheets_are_cross_sheet(definition):
    several = {
        next(iter(one.values()))["FilterId"]
        for group in definition.get("FilterGroups", [])
        if "AllSheets" in group["ScopeConfiguration"] or len(_scopes(group)) > 1
        for one in group.get("Filters", [])
    }
    for sheet in definition.get("Sheets", []):
        for control in sheet.get("FilterControls", []):
            ((kind, said),) = control.items()
            if kind != "CrossSheet" and said["SourceFilterId"] in several:
                yield (
                    f"sheet/{sheet['SheetId']}/filter-control/{said['FilterControlId']}",
                    f"Filter {said['SourceFilterId']} applies to several sheets: its controls must be CrossSheet controls.",
                )


@rule(When.VERSION, code="FILTER_SOURCE_PARAMETER_NOT_FOUND", lenient=True)
def parameters_of_filters_are_declared(definition):
    declared = {one["Name"] for _, one in _parameters(definition)}
    for path, one in _filters(definition):
        for _, node in nodes(one):
            named = [node.get("ParameterName"), node.get("Parameter")]
            if any(isinstance(name, str) and name not in declared for name in named):
                yield path, "The filter is using a parameter that has been deleted. Choose a new parameter and save changes."


# ---- visuals ----


@rule(lenient=True)
def kpi_options_need_a_comparison(definition):
    """CID's exports contain some of them, but never a progress bar, trend arrows or a secondary value; they are deployed with LENIENT."""
    for path, _, visual in _visuals(definition, "KPIVisual"):
        chart = visual.get("ChartConfiguration", {})
        wells, options = chart.get("FieldWells", {}), chart.get("KPIOptions", {})
        if wells.get("TargetValues") or wells.get("TrendGroups"):
            continue
        font = options.get("PrimaryValueFontConfiguration", {})
        if set(options) - {"PrimaryValueFontConfiguration"} or set(font) - {"FontSize"}:
            yield path, "Only PrimaryValueFontSize display property can be defined when TargetValue and TrendGroup fields are empty"


@rule()
def lines_have_one_value_or_no_colour(definition):
    for path, _, visual in _visuals(definition, "LineChartVisual"):
        wells = visual.get("ChartConfiguration", {}).get("FieldWells", {}).get("LineChartAggregatedFieldWells", {})
        if wells.get("Colors") and len(wells.get("Values", [])) > 1:
            yield path, "LineChartAggregatedFieldWells can have only one field in Values when Colors is used."


@rule(lenient=True)
def selected_fields_are_named_once(definition):
    for path, node in nodes(definition):
        chosen = node.get("SelectedFieldsConfiguration")
        if not isinstance(chosen, dict):
            continue
        columns = [(one["DataSetIdentifier"], one["ColumnName"]) for one in chosen.get("SelectedColumns", [])]
        if _twice(columns) or _twice(chosen.get("SelectedFields", [])):
            yield path, "Duplicate field in SelectedFieldsConfiguration"


@rule(code="ValidationException")
def targets_on_the_same_sheet_are_all_or_named(definition):
    for path, node in nodes(definition):
        target = node.get("SameSheetTargetVisualConfiguration")
        if isinstance(target, dict) and len(target) > 1:
            yield (
                path,
                (
                    "Only 1 member of [targetVisuals, targetVisualOptions] should be provided for structure SameSheetTargetVisualConfiguration"
                ),
            )


@rule()
def navigation_comes_before_parameters(definition):
    """The wording is the double's."""
    for path, _, visual in _visuals(definition):
        for action in visual.get("Actions", []):
            kinds = [next(iter(operation)) for operation in action["ActionOperations"]]
            if "SetParametersOperation" in kinds and "NavigationOperation" in kinds[kinds.index("SetParametersOperation") :]:
                yield path, f"NavigationOperation must come before SetParametersOperation in action {action['CustomActionId']}."


@rule(When.VIEW, code="")
def tables_show_a_column_once(definition):
    for path, _, visual in _visuals(definition, "TableVisual"):
        wells = visual.get("ChartConfiguration", {}).get("FieldWells", {})
        columns = [
            (field["Column"]["DataSetIdentifier"], field["Column"]["ColumnName"])
            for _, field in nodes(wells)
            if "FieldId" in field and isinstance(field.get("Column"), dict)
        ]
        if _twice(columns):
            yield path, "your tabular report contains duplicate columns. To proceed, remove all duplicates."


@rule()
def field_ids_are_unique_in_a_visual(definition):
    """Documented: "A custom field ID" identifies the field in the visual. The wording is the double's."""
    for path, _, visual in _visuals(definition):
        wells = visual.get("ChartConfiguration", {}).get("FieldWells", {})
        for name in _twice([field["FieldId"] for _, field in nodes(wells) if isinstance(field.get("FieldId"), str)]):
            yield path, f"Field id {name} is used more than once."


@rule()
def ids_are_unique(definition):
    """Documented for sheets, visuals, filters and controls: "must be unique within the context of" the definition. The wording is the double's."""
    sheets = definition.get("Sheets", [])
    kinds = {
        "Sheet": [sheet["SheetId"] for sheet in sheets],
        "Visual": [visual["VisualId"] for _, _, visual in _visuals(definition)],
        "Filter group": [group["FilterGroupId"] for group in definition.get("FilterGroups", [])],
        "Filter": [one["FilterId"] for _, one in _filters(definition)],
        "Filter control": [next(iter(one.values()))["FilterControlId"] for sheet in sheets for one in sheet.get("FilterControls", [])],
        "Parameter control": [
            next(iter(one.values()))["ParameterControlId"] for sheet in sheets for one in sheet.get("ParameterControls", [])
        ],
    }
    for kind, names in kinds.items():
        for name in _twice(names):
            yield "", f"{kind} id {name} is used more than once."


# ---- parameters ----


@rule()
def single_valued_parameters_have_one_default(definition):
    for path, one in _parameters(definition):
        if one.get("ParameterValueType") == "SINGLE_VALUED" and len(one.get("DefaultValues", {}).get("StaticValues", [])) > 1:
            yield path, f"Parameter {one['Name']} is single valued and can have only one default value."


@rule()
def custom_values_when_unset_are_recommended_ones(definition):
    for path, one in _parameters(definition):
        unset = one.get("ValueWhenUnset", {})
        if unset.get("ValueWhenUnsetOption") == "NULL" and "CustomValue" in unset:
            yield path, f"Parameter {one['Name']} can have a CustomValue only with RECOMMENDED_VALUE."


@rule(When.VIEW, code="")
def date_parameters_have_a_default(definition):
    for path, one in _parameters(definition, "DateTimeParameterDeclaration"):
        if not one.get("DefaultValues"):
            yield path, "epochMilliseconds must be a number, you gave: null"


@rule()
def parameter_names_are_unique(definition):
    """Documented. The wording is the double's."""
    for name in _twice([one["Name"] for _, one in _parameters(definition)]):
        yield f"parameter/{name}", f"Parameter {name} is declared more than once."


# ---- calculated fields ----

AGGREGATES = "sum avg min max count distinct_count median stdev stdevp var varp percentile percentileCont percentileDisc"
_AGGREGATE = re.compile(rf"(?<![\w{{])({'|'.join(AGGREGATES.split())})\s*\(", re.IGNORECASE)
_OVER = re.compile(r"(?<![\w{])(sum|avg|min|max|count|distinctCount|percentile\w*)Over\s*\(", re.IGNORECASE)


@rule(When.VERSION, code="INVALID_COLUMN_AGGREGATION", lenient=True)
def aggregated_fields_are_not_aggregated_again(definition):
    aggregated = {
        (field["DataSetIdentifier"], field["Name"])
        for field in definition.get("CalculatedFields", [])
        if is_aggregated(field["Expression"])
    }
    for path, _, visual in _visuals(definition):
        for _, node in nodes(visual):
            field = node.get("NumericalMeasureField")
            if not isinstance(field, dict) or "AggregationFunction" not in field:
                continue
            column = field["Column"]
            if (column["DataSetIdentifier"], column["ColumnName"]) in aggregated:
                yield path, f"The calculated field {column['ColumnName']} is aggregated already."


@rule(When.VERSION, code="PRE_AGG_CALCULATION_LEVEL_MISMATCH", lenient=True)
def functions_over_a_partition_are_not_nested(definition):
    for field in definition.get("CalculatedFields", []):
        for inside in _arguments(field["Expression"], _OVER):
            if _OVER.search(inside):
                yield f"calculated-field/{field['Name']}", "Level aware calculations of different levels are nested."


@rule(When.VERSION, code="DATA_SET_NOT_FOUND", lenient=True)
def data_sets_of_calculated_fields_are_declared(definition):
    declared = {one["Identifier"] for one in definition.get("DataSetIdentifierDeclarations", [])}
    for field in definition.get("CalculatedFields", []):
        if field["DataSetIdentifier"] not in declared:
            yield f"calculated-field/{field['Name']}", "The DataSet that used in the calculated field can not be found in the analysis"


def is_aggregated(expression):
    """Returns whether an expression is one value for a group of rows: an aggregate function without a level."""
    text = _without_texts(expression)
    while match := _AGGREGATE.search(text):
        end = _closing(text, match.end())
        if "[" not in _outside_parentheses(text[match.end() : end]):
            return True
        # With a level it is a value for each row.
        text = text[: match.start()] + "0" + text[end + 1 :]
    return False


# ---- layout and texts ----


@rule()
def free_form_layouts_have_a_canvas(definition):
    for sheet in definition.get("Sheets", []):
        for layout in sheet.get("Layouts", []):
            free = layout["Configuration"].get("FreeFormLayout")
            if free is not None and "CanvasSizeOptions" not in free:
                yield f"sheet/{sheet['SheetId']}", "Provided layout doesn't match default layout configuration"


@rule()
def controls_are_in_a_grid_of_twelve_columns(definition):
    for sheet in definition.get("Sheets", []):
        for layout in sheet.get("SheetControlLayouts", []):
            for element in layout["Configuration"]["GridLayout"]["Elements"]:
                if element["ColumnSpan"] > 6 or element.get("ColumnIndex", 0) > 11:
                    yield f"sheet/{sheet['SheetId']}", f"Element {element['ElementId']} does not fit into the grid of sheet controls."


@rule()
def responsive_grids_have_no_view_port_width(definition):
    for path, node in nodes(definition):
        screen = node.get("ScreenCanvasSizeOptions")
        if isinstance(screen, dict) and screen.get("ResizeOption") == "RESPONSIVE" and "OptimizedViewPortWidth" in screen:
            yield path, "OptimizedViewPortWidth is only supported for the resize option FIXED."


@rule()
def texts_have_no_line_break_in_a_list(definition):
    for sheet in definition.get("Sheets", []):
        for box in sheet.get("TextBoxes", []):
            try:
                parsed = ElementTree.fromstring(f"<a>{box.get('Content', '')}</a>")
            except ElementTree.ParseError:
                yield f"sheet/{sheet['SheetId']}/text-box/{box['SheetTextBoxId']}", "The content of the text box is no XML."
                continue
            if any(item.find(".//br") is not None for item in parsed.iter("li")):
                yield f"sheet/{sheet['SheetId']}/text-box/{box['SheetTextBoxId']}", "Element 'li' cannot have 'br' elements as children"


# ---- reading a definition ----


def nodes(value, path=""):
    """All structures in a value, with their paths."""
    if isinstance(value, dict):
        yield path, value
        for key, item in value.items():
            yield from nodes(item, f"{path}/{key}")
    elif isinstance(value, list):
        for number, item in enumerate(value):
            yield from nodes(item, f"{path}/{number}")


def paths_of_ids(definition):
    """Of each sheet, visual, filter group and calculated field: its JSON path, and its path by ids as the service writes it."""
    for number, sheet in enumerate(definition.get("Sheets", [])):
        yield f"/Sheets/{number}", f"sheet/{sheet['SheetId']}"
        for index, visual in enumerate(sheet.get("Visuals", [])):
            yield f"/Sheets/{number}/Visuals/{index}", f"sheet/{sheet['SheetId']}/visual/{next(iter(visual.values()))['VisualId']}"
    for number, group in enumerate(definition.get("FilterGroups", [])):
        yield f"/FilterGroups/{number}", _of_group(group)
        for index, one in enumerate(group.get("Filters", [])):
            yield f"/FilterGroups/{number}/Filters/{index}", f"{_of_group(group)}/filter/{next(iter(one.values()))['FilterId']}"
    for number, field in enumerate(definition.get("CalculatedFields", [])):
        yield f"/CalculatedFields/{number}", f"calculated-field/{field['Name']}"


def _scopes(group):
    return group["ScopeConfiguration"].get("SelectedSheets", {}).get("SheetVisualScopingConfigurations", [])


def _of_group(group):
    return f"filter-group/{group['FilterGroupId']}"


def _filters(definition, kind=None):
    for group in definition.get("FilterGroups", []):
        for one in group.get("Filters", []):
            ((found, said),) = one.items()
            if kind in (None, found):
                yield f"{_of_group(group)}/filter/{said['FilterId']}", said


def _visuals(definition, kind=None):
    for sheet in definition.get("Sheets", []):
        for visual in sheet.get("Visuals", []):
            ((found, said),) = visual.items()
            if kind in (None, found):
                yield f"sheet/{sheet['SheetId']}/visual/{said['VisualId']}", found, said


def _parameters(definition, kind=None):
    for one in definition.get("ParameterDeclarations", []):
        ((found, said),) = one.items()
        if kind in (None, found):
            yield f"parameter/{said['Name']}", said


def _twice(values):
    return [value for value, count in Counter(values).items() if count > 1]


def _without_texts(expression):
    """The expression without comments, string constants, and names of columns and parameters."""
    return re.sub(r"/\*.*?\*/|//[^\n]*|'[^']*'|\"[^\"]*\"|\$\{[^}]*\}|\{[^}]*\}", "0", expression, flags=re.DOTALL)


def _closing(text, start):
    """The position of the closing parenthesis for the one opened before `start`."""
    depth = 1
    for place in range(start, len(text)):
        depth += {"(": 1, ")": -1}.get(text[place], 0)
        if depth == 0:
            return place
    return len(text)


def _outside_parentheses(text):
    depth, kept = 0, []
    for letter in text:
        depth -= letter == ")"
        kept.append(letter if depth == 0 else "")
        depth += letter == "("
    return "".join(kept)


def _arguments(expression, function):
    text = _without_texts(expression)
    for match in function.finditer(text):
        yield text[match.end() : _closing(text, match.end())]
