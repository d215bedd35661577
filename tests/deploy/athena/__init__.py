"""Athena's queries over the emulator's catalogue and buckets: its dialect, its views, its answers. DuckDB computes.

Tables and views stay where Athena keeps them, in the Glue catalogue; everything but queries is the emulator's.
"""

from .engine import Engine, QueryFailed
from .service import Athena

__all__ = ["Athena", "Engine", "QueryFailed"]
