"""Errors of a definition that the model allows: refused at once, or found when the version is created.

`definition_rules.py` has the rules over the definition alone. This module checks against the account: data sets, columns, their types.
"""

from double import Refused

from .data_sets import output_columns
from .definition_rules import When, nodes, paths_of_ids, violations

# Errors of declared data sets; a version with them fails even with LENIENT: a visual without data cannot be shown.
ALWAYS_FATAL = {"DATA_SET_NOT_FOUND"}

# Types of columns that a field can be made of.
TYPES = {
    "NumericalMeasureField": {"INTEGER", "DECIMAL"},
    "NumericalDimensionField": {"INTEGER", "DECIMAL"},
    "DateMeasureField": {"DATETIME"},
    "DateDimensionField": {"DATETIME"},
    "CategoricalMeasureField": {"STRING", "INTEGER", "DECIMAL", "BOOLEAN"},
    "CategoricalDimensionField": {"STRING"},
}


def refuse(asked):
    """Refuses a request whose definition breaks a rule that the service checks at once."""
    lenient = _is_lenient(asked)
    for found in violations(asked["Definition"], When.REQUEST):
        if not (lenient and found.lenient):
            raise Refused(found.code, found.message)


def checked(account, asked):
    """The errors of the version, as the service lists them, and whether it fails."""
    found = errors(account, asked["Definition"])
    fatal = found if not _is_lenient(asked) else [one for one in found if one["Type"] in ALWAYS_FATAL and one.pop("Declared", False)]
    for one in found:
        one.pop("Declared", None)
    return found, bool(fatal)


def errors(account, definition):
    """As a failed version lists them."""
    columns, types, found = {}, {}, []
    for number, declaration in enumerate(definition["DataSetIdentifierDeclarations"]):
        data_set = account.by_arn(declaration["DataSetArn"])
        if data_set is None:
            message = f"Data set {declaration['DataSetArn']} is not found."
            found.append(_error("DATA_SET_NOT_FOUND", message, f"/DataSetIdentifierDeclarations/{number}") | {"Declared": True})
        # A missing data set has no further errors.
        offered = data_set and output_columns(data_set.body)
        columns[declaration["Identifier"]] = data_set and {column["Name"] for column in offered}
        types |= {(declaration["Identifier"], column["Name"]): column["Type"] for column in offered or []}
    for field in definition.get("CalculatedFields", []):
        if columns.get(field["DataSetIdentifier"]):
            columns[field["DataSetIdentifier"]].add(field["Name"])
        types.pop((field["DataSetIdentifier"], field["Name"]), None)
    parameters = {next(iter(one.values()))["Name"] for one in definition.get("ParameterDeclarations", [])}
    sheets = {sheet["SheetId"]: set(_visuals(sheet)) for sheet in definition.get("Sheets", [])}
    ids = sorted(paths_of_ids(definition), key=lambda pair: -len(pair[0]))
    for path, node in nodes(definition):
        for one in [*_of_node(path, node, columns, parameters, sheets), *_of_types(path, node, types)]:
            found.append(_error(one[0], one[1], _by_ids(path, ids)))
    for sheet in definition.get("Sheets", []):
        found += _of_layout(sheet)
    found += [_error(one.code, one.message, one.path) for one in violations(definition, When.VERSION)]
    return found


def _is_lenient(asked):
    return asked.get("ValidationStrategy", {}).get("Mode") == "LENIENT"


def _of_node(path, node, columns, parameters, sheets):
    identifier = node.get("DataSetIdentifier")
    if identifier is not None and identifier not in columns:
        # Calculated fields have their own rule.
        if not path.startswith("/CalculatedFields/"):
            yield "DATA_SET_NOT_FOUND", f"Data set identifier {identifier} is not declared."
    elif identifier is not None and isinstance(node.get("ColumnName"), str):
        known = columns[identifier]
        if known is not None and node["ColumnName"] not in known:
            yield "COLUMN_REPLACEMENT_MISSING", f"Required column '{node['ColumnName']}' is missing in data set '{identifier}'"
    for key in ("SourceParameterName", "DestinationParameterName"):
        if isinstance(node.get(key), str) and node[key] not in parameters:
            yield "PARAMETER_NOT_FOUND", f"Parameter {node[key]} is not declared."
    for scope in node.get("SheetVisualScopingConfigurations", []):
        if scope["SheetId"] not in sheets:
            yield "SOURCE_NOT_FOUND", f"Sheet {scope['SheetId']} is not there."
        for visual in set(scope.get("VisualIds", [])) - sheets.get(scope["SheetId"], set()):
            yield "SOURCE_NOT_FOUND", f"Visual {visual} is not on sheet {scope['SheetId']}."


def _of_types(_path, node, types):
    for kind, allowed in TYPES.items():
        column = node[kind].get("Column") if isinstance(node.get(kind), dict) else None
        found = types.get((column["DataSetIdentifier"], column["ColumnName"])) if column else None
        if found is not None and found not in allowed:
            yield "COLUMN_TYPE_INCOMPATIBLE", f"Column {column['ColumnName']} is of type {found}, which a {kind} cannot be made of."


def _of_layout(sheet):
    there = {
        element[key]
        for _, element in nodes(
            {name: sheet.get(name, []) for name in ("Visuals", "TextBoxes", "Images", "FilterControls", "ParameterControls")}
        )
        for key in ("VisualId", "SheetTextBoxId", "SheetImageId", "FilterControlId", "ParameterControlId")
        if isinstance(element.get(key), str)
    }
    for _, node in nodes({name: sheet.get(name, []) for name in ("Layouts", "SheetControlLayouts")}):
        if "ElementId" in node and node["ElementId"] not in there:
            message = f"Element {node['ElementId']} of a layout is not on sheet {sheet['SheetId']}."
            yield _error("SOURCE_NOT_FOUND", message, f"sheet/{sheet['SheetId']}")


def _visuals(sheet):
    return (next(iter(visual.values()))["VisualId"] for visual in sheet.get("Visuals", []))


def _by_ids(path, ids):
    """The path as the service writes it, where it is inside a sheet, a filter group or a calculated field."""
    return next((by_ids for json_path, by_ids in ids if path == json_path or path.startswith(f"{json_path}/")), path)


def _error(kind, message, path):
    return {"Type": kind, "Message": message, "ViolatedEntities": [{"Path": path or "/"}]}
