"""The double's view of the rest of AWS. This one accepts everything without a check; the environment has one that checks."""


class World:
    """Athena and its catalogue, with the permissions of QuickSight's service role."""

    def has_workgroup(self, _name):
        return True

    def try_out(self, _workgroup, _role_arn=None):
        """Runs the test query of a new data source. Raises Unreadable when it cannot run."""

    def rows(self, _sql, _workgroup, _role_arn=None):
        """The number of rows of a query over the catalogue. Raises Unreadable when it cannot run.

        `_role_arn` is the role that the data source names; without one it is a service role of the account.
        """
        return 0


class Unreadable(Exception):
    """A query that failed: the type of an ingestion's error, and its message."""

    def __init__(self, kind, message):
        super().__init__(message)
        self.kind = kind
