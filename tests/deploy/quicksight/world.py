"""What the double sees of the rest of AWS. This one sees nothing and believes everything; the environment has one that looks."""


class World:
    """Athena and its catalogue, as the service role of QuickSight may use them."""

    def has_workgroup(self, _name):
        return True

    def try_out(self, _workgroup, _role_arn=None):
        """Runs the query that a new data source is tried with. Raises Unreadable when it cannot run."""

    def rows(self, _sql, _workgroup, _role_arn=None):
        """How many rows a query over the catalogue has. Raises Unreadable when it cannot run.

        `_role_arn` is the role that the data source names; without one it is a service role of the account.
        """
        return 0


class Unreadable(Exception):
    """A query that failed: the type of an ingestion's error, and its message."""

    def __init__(self, kind, message):
        super().__init__(message)
        self.kind = kind
