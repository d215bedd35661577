"""Searches documents of nested lists and dictionaries."""


def holder(value, name):
    """The first dictionary with a member of that name, at any depth; None without one."""
    if isinstance(value, dict):
        if name in value:
            return value
        value = list(value.values())
    if isinstance(value, list):
        return next((found for found in (holder(item, name) for item in value) if found is not None), None)
    return None
