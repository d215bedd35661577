"""Switches for the behaviour of the double's account, set by a test or by hand through `/_control/switches`."""

from dataclasses import dataclass


@dataclass
class Switches:
    """The defaults are a healthy account."""

    # Free SPICE capacity of the Region. With 0 no data set can be imported until AUTO_PURCHASE is configured.
    spice_gigabytes: int = 10
    # Number of coming tests of a data source that are denied: permissions of the service role are eventually consistent.
    denied_data_sources: int = 0
    # Number of coming imports that end with PERMISSION_DENIED.
    denied_ingestions: int = 0
    # Number of coming analyses and dashboards that do not find their data sets, which are still being prepared.
    unprepared_data_sets: int = 0
    # Number of coming analyses, dashboards and data sources that end as CREATION_FAILED.
    failed_creations: int = 0
    # Definitions are described as they were sent. Otherwise lists without a meaningful order come in another order at each call, and
    # the service adds members of its own.
    definitions_as_sent: bool = False
    # Releases of the service since the definition was created: each adds a member to described definitions.
    service_releases: int = 0

    def take(self, name):
        """Returns whether a switch applies to this attempt, and counts it."""
        left = getattr(self, name)
        setattr(self, name, max(0, left - 1))
        return left > 0
