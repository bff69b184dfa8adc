"""PostgreSQL from a wheel, run for the user in their data folder, or prepared at an address."""

from .embedded import EmbeddedPostgres, RunningPostgres
from .roles import DatabaseUrls

__all__ = ["DatabaseUrls", "EmbeddedPostgres", "RunningPostgres"]
