"""What is wrong with a definition that the model allows: names of things that are not there."""

from .data_sets import output_columns


def errors(account, definition):
    """As a failed version lists them."""
    columns, found = {}, []
    for number, declaration in enumerate(definition["DataSetIdentifierDeclarations"]):
        data_set = account.by_arn(declaration["DataSetArn"])
        if data_set is None:
            found.append(
                _error(
                    "DATA_SET_NOT_FOUND", f"Data set {declaration['DataSetArn']} is not found.", f"DataSetIdentifierDeclarations[{number}]"
                )
            )
        # Of a data set that is not there nothing more is said.
        columns[declaration["Identifier"]] = data_set and {column["Name"] for column in output_columns(data_set.body)}
    for field in definition.get("CalculatedFields", []):
        if columns.get(field["DataSetIdentifier"]):
            columns[field["DataSetIdentifier"]].add(field["Name"])
    parameters = {next(iter(one.values()))["Name"] for one in definition.get("ParameterDeclarations", [])}
    sheets = {sheet["SheetId"]: set(_visuals(sheet)) for sheet in definition.get("Sheets", [])}
    for path, node in _nodes(definition, ""):
        found += _of_node(path, node, columns, parameters, sheets)
    for sheet in definition.get("Sheets", []):
        found += _of_layout(sheet)
    return found


def _of_node(path, node, columns, parameters, sheets):
    identifier = node.get("DataSetIdentifier")
    if identifier is not None and identifier not in columns:
        yield _error("DATA_SET_NOT_FOUND", f"Data set identifier {identifier} is not declared.", path)
    elif identifier is not None and isinstance(node.get("ColumnName"), str):
        known = columns[identifier]
        if known is not None and node["ColumnName"] not in known:
            yield _error("COLUMN_REPLACEMENT_MISSING", f"Column {node['ColumnName']} is not in data set {identifier}.", path)
    for key in ("SourceParameterName", "DestinationParameterName", "ParameterName"):
        if isinstance(node.get(key), str) and node[key] not in parameters:
            yield _error("PARAMETER_NOT_FOUND", f"Parameter {node[key]} is not declared.", path)
    for scope in node.get("SheetVisualScopingConfigurations", []):
        if scope["SheetId"] not in sheets:
            yield _error("SOURCE_NOT_FOUND", f"Sheet {scope['SheetId']} is not there.", path)
        for visual in set(scope.get("VisualIds", [])) - sheets.get(scope["SheetId"], set()):
            yield _error("SOURCE_NOT_FOUND", f"Visual {visual} is not on sheet {scope['SheetId']}.", path)


def _of_layout(sheet):
    there = {
        element[key]
        for _, element in _nodes(
            {name: sheet.get(name, []) for name in ("Visuals", "TextBoxes", "Images", "FilterControls", "ParameterControls")}, ""
        )
        for key in ("VisualId", "SheetTextBoxId", "SheetImageId", "FilterControlId", "ParameterControlId")
        if isinstance(element.get(key), str)
    }
    for path, node in _nodes(sheet.get("Layouts", []), f"Sheets/{sheet['SheetId']}/Layouts"):
        if "ElementId" in node and node["ElementId"] not in there:
            yield _error("SOURCE_NOT_FOUND", f"Element {node['ElementId']} of a layout is not on sheet {sheet['SheetId']}.", path)


def _visuals(sheet):
    return (next(iter(visual.values()))["VisualId"] for visual in sheet.get("Visuals", []))


def _nodes(value, path):
    if isinstance(value, dict):
        yield path, value
        for key, item in value.items():
            yield from _nodes(item, f"{path}/{key}")
    elif isinstance(value, list):
        for number, item in enumerate(value):
            yield from _nodes(item, f"{path}[{number}]")


def _error(kind, message, path):
    return {"Type": kind, "Message": message, "ViolatedEntities": [{"Path": path or "/"}]}
