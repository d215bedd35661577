"""Looking into documents of nested lists and dictionaries."""


def holder(value, name):
    """The first dictionary that has a member of that name, at any depth; none if there is none."""
    if isinstance(value, dict):
        if name in value:
            return value
        value = list(value.values())
    if isinstance(value, list):
        return next((found for found in (holder(item, name) for item in value) if found is not None), None)
    return None
