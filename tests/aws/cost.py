"""The cost of a month by the public price list, from the tests' measurements. docs/cost.md shows the same prices and formulas."""

from dataclasses import dataclass

# USD in us-east-1 by the public price list of November 2026, without free tiers, which change and are shared by the whole account.
PER_GB_SECOND = {"arm64": 0.0000133334, "x86_64": 0.0000166667}
PER_INVOCATION = 0.20 / 1_000_000
PER_WRITE_OR_LIST = 0.005 / 1_000
PER_READ = 0.0004 / 1_000
PER_GB_MONTH_STORED = 0.023
PER_GB_LOGGED = 0.50
PER_ALARM = 0.10
PER_METRIC_HOUR = 0.30 / 730
PER_SCHEDULED_CALL = 1.00 / 1_000_000

NIGHTS = 30.4
# With this memory a function has one whole processor, with less a share of it.
MEGABYTES_OF_A_PROCESSOR = 1769
WRITES_AND_LISTS = ("list", "put", "begin_upload", "upload_part", "complete_upload")
READS = ("get", "head")


@dataclass(frozen=True)
class Night:
    """One nightly run, as measured on a machine with a whole processor."""

    requests: dict
    milliseconds: float
    memory_megabytes: int = 256
    architecture: str = "arm64"
    logged_bytes: int = 0
    metrics: int = 0

    def billed_seconds(self):
        """Assumes that the whole time was computing: a function with a share of a processor takes longer."""
        return self.milliseconds / 1000 / min(1, self.memory_megabytes / MEGABYTES_OF_A_PROCESSOR)


def monthly(night, alarms, stored_bytes):
    """USD a month, by item."""
    counted = {kind: night.requests.get(kind, 0) for kind in WRITES_AND_LISTS + READS}
    return {
        "S3 requests": NIGHTS
        * (
            sum(counted[kind] for kind in WRITES_AND_LISTS) * PER_WRITE_OR_LIST
            + sum(counted[kind] for kind in READS) * PER_READ
        ),
        "S3 storage": stored_bytes / 1e9 * PER_GB_MONTH_STORED,
        "Lambda": NIGHTS
        * (night.billed_seconds() * night.memory_megabytes / 1024 * PER_GB_SECOND[night.architecture] + PER_INVOCATION),
        "Scheduler": NIGHTS * PER_SCHEDULED_CALL,
        "Logs": NIGHTS * night.logged_bytes / 1e9 * PER_GB_LOGGED,
        # A metric is paid for in the hours in which it is sent.
        "Metrics": NIGHTS * night.metrics * PER_METRIC_HOUR,
        "Alarms": alarms * PER_ALARM,
    }
