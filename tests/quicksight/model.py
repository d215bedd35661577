"""What AWS's own model of the QuickSight API says about a value: members, types, words, lengths and patterns."""

import re

import botocore.loaders


class Model:
    """The shapes of `quicksight/2018-04-01/service-2.json`. botocore itself checks neither words, maxima nor patterns."""

    def __init__(self):
        document = botocore.loaders.Loader().load_service_model("quicksight", "service-2")
        self.shapes = document["shapes"]

    def problems(self, shape, value, path=""):
        """What is wrong with a value, each with its place."""
        kind = self.shapes[shape]
        check = getattr(self, f"_{kind['type']}")
        return list(check(kind, value, path or shape))

    def _structure(self, kind, value, path):
        if not isinstance(value, dict):
            yield f"{path}: expected a structure, found {value!r}"
            return
        for name in kind.get("required", []):
            if name not in value:
                yield f"{path}: lacks `{name}`"
        # The model says of some structures only in words that one member alone may stand.
        only_one = kind.get("union") or "only one of the attributes can be defined" in kind.get("documentation", "")
        if only_one and len(value) != 1:
            yield f"{path}: expected one member, found {sorted(value)}"
        for name, member in value.items():
            if name not in kind["members"]:
                yield f"{path}: unknown `{name}`"
            else:
                yield from self.problems(kind["members"][name]["shape"], member, f"{path}.{name}")

    def _list(self, kind, value, path):
        if not isinstance(value, list):
            yield f"{path}: expected a list, found {value!r}"
            return
        yield from self._range(kind, len(value), f"{path}: items")
        for place, item in enumerate(value):
            yield from self.problems(kind["member"]["shape"], item, f"{path}[{place}]")

    def _map(self, kind, value, path):
        if not isinstance(value, dict):
            yield f"{path}: expected a map, found {value!r}"
            return
        yield from self._range(kind, len(value), f"{path}: items")
        for name, item in value.items():
            yield from self.problems(kind["key"]["shape"], name, f"{path} key")
            yield from self.problems(kind["value"]["shape"], item, f"{path}.{name}")

    def _string(self, kind, value, path):
        if not isinstance(value, str):
            yield f"{path}: expected a string, found {value!r}"
            return
        if "enum" in kind and value not in kind["enum"]:
            yield f"{path}: `{value}` is none of {kind['enum']}"
        yield from self._range(kind, len(value), f"{path}: length")
        # Patterns with classes that Python does not know are left to the service.
        if "pattern" in kind and r"\p{" not in kind["pattern"] and not re.fullmatch(kind["pattern"], value):
            yield f"{path}: `{value}` does not match {kind['pattern']}"

    def _number(self, kind, value, path, types):
        if isinstance(value, bool) or not isinstance(value, types):
            yield f"{path}: expected a number, found {value!r}"
            return
        yield from self._range(kind, value, path)

    def _integer(self, kind, value, path):
        yield from self._number(kind, value, path, int)

    _long = _integer

    def _double(self, kind, value, path):
        yield from self._number(kind, value, path, (int, float))

    _float = _double

    def _boolean(self, _kind, value, path):
        if not isinstance(value, bool):
            yield f"{path}: expected true or false, found {value!r}"

    def _timestamp(self, _kind, value, path):
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            yield f"{path}: expected seconds, found {value!r}"

    @staticmethod
    def _range(kind, size, path):
        if size < kind.get("min", size):
            yield f"{path}: {size} is less than {kind['min']}"
        if size > kind.get("max", size):
            yield f"{path}: {size} is more than {kind['max']}"
