"""Athena's queries over the emulator's catalogue and buckets: its dialect, views and responses. DuckDB computes.

Tables and views are in the Glue catalogue, as with Athena; the emulator handles everything but queries.
"""

from .engine import Engine, QueryFailed
from .service import Athena

__all__ = ["Athena", "Engine", "QueryFailed"]
