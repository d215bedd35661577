"""The forms of a definition: the path of each member, and the value where it is one of an enumeration.

Where the API has one structure in many places, its members are counted once for all of them, under the name of the
structure; the place itself stays a form of its own.
"""

import re
from pathlib import Path

TABLE = Path(__file__).with_name("shapes.tsv")

# Structures that stand in many places: `(NumericalMeasureField).FormatConfiguration`.
SHARED = re.compile(
    r"(?P<root>\w+(?:Dimension|Measure)Field|Legend|Tooltip|DataLabels|Actions\[\]|ColumnSort|FieldSort|ColumnHierarchies\[\]"
    r"|VisualPalette|DisplayOptions|(?:Primary|Secondary)?[XY]?(?:Axis|Category|Value|Color|Row|Column)\w*LabelOptions)$"
)
LABELS = re.compile(r"\w+LabelOptions$")
LIMITS = re.compile(r"\w*(?:ItemsLimit|LimitConfiguration|ItemsLimitConfiguration)$")
VISUALS = "Sheets[].Visuals[]"
TITLES = re.compile(r"^\(Visual\)\.\w+\.(?:Title|Subtitle)$")
ENUMERATED = re.compile(r"[A-Z][A-Z0-9_]{1,63}")
# Members that people name: their values are no enumerations.
NAMES = re.compile(
    r"(?:Id|Ids\[\]|Name|Names|Identifier|Text|Label|Content|Expression|Field|Fields\[\]|Value|Values\[\]|Parameter|Title"
    r"|Color|Symbol|Order\[\]|Suffix|Prefix|NullString|Arn|DateTimeFormat|Description)$"
)


def forms(definition):
    """The set of forms of one definition."""
    found = set()
    collect(definition, "", found)
    return found


def collect(value, path, found):
    if isinstance(value, dict):
        if "ColumnName" in value and "DataSetIdentifier" in value:
            return
        for name, member in value.items():
            # What is not set says nothing.
            if member is None or member == [] or member == {}:
                continue
            below = f"{path}.{name}" if path else name
            found.add(below)
            collect(member, shared(below, name, member), found)
    elif isinstance(value, list):
        below = f"{path}[]"
        for item in value:
            collect(item, shared(below, below.rsplit(".", 1)[-1], item), found)
    elif isinstance(value, str) and ENUMERATED.fullmatch(value) and not NAMES.search(path):
        found.add(f"{path} = {value}")


def shared(path, name, member):
    """The path below a member: that of its structure, where it has one that stands elsewhere too."""
    if not isinstance(member, dict):
        return path
    if path == VISUALS:
        return "(Visual)"
    if LABELS.search(name):
        return "(LabelOptions)"
    if LIMITS.search(name):
        return "(ItemsLimit)"
    if TITLES.search(path):
        return f"({name})"
    match = SHARED.search(name)
    return f"({match['root']})" if match else path


def parent(form):
    """The structure that a form belongs to; for a value, its member."""
    member, _, value = form.partition(" = ")
    return member if value else member.rpartition(".")[0]
