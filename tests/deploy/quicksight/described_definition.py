"""A definition as the service describes it: equal in meaning to the sent one, but in another order, and with additional members."""

import copy
import random

# Lists without a meaningful order. The order of sheets, of fields in a well, of sorts and of operations of an action is meaningful.
UNORDERED = {
    "DataSetIdentifierDeclarations",
    "CalculatedFields",
    "ParameterDeclarations",
    "FilterGroups",
    "ColumnConfigurations",
    "SheetVisualScopingConfigurations",
    "VisualIds",
    "Visuals",
    "TextBoxes",
    "FilterControls",
    "ParameterControls",
    "Elements",
}
# Members that the service adds: at once, and with each of its releases.
ADDED = [
    lambda definition: definition.setdefault("Options", {}).setdefault("WeekStart", "SUNDAY"),
    lambda definition: definition["Options"].setdefault("QBusinessInsightsStatus", "DISABLED"),
    lambda definition: definition.setdefault("AnalysisDefaults", {"DefaultNewSheetConfiguration": {"SheetContentType": "INTERACTIVE"}}),
]


def described(account, asset, definition):
    """Deterministic for the number of an asset's descriptions, so that tests can be repeated."""
    if account.switches.definitions_as_sent:
        return definition
    shown = copy.deepcopy(definition)
    asset.descriptions += 1
    _shuffle(shown, random.Random(f"{asset.id} {asset.descriptions}"))
    for add in ADDED[: 1 + account.switches.service_releases]:
        add(shown)
    return shown


def _shuffle(value, order):
    if isinstance(value, dict):
        for key, item in value.items():
            if key in UNORDERED and isinstance(item, list):
                order.shuffle(item)
            _shuffle(item, order)
    elif isinstance(value, list):
        for item in value:
            _shuffle(item, order)
