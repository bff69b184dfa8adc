"""Time-ordered identifiers, and the few id types that every floor speaks.

Every id is a UUID version 7 (RFC 9562, section 5.7): 48 bits of Unix milliseconds, then
random bits. New rows therefore land at the end of an index, and sorting by id sorts by age.
"""

from __future__ import annotations

from typing import NewType
from uuid import UUID

TenantId = NewType("TenantId", UUID)
UnitId = NewType("UnitId", UUID)
MemberId = NewType("MemberId", UUID)

_VERSION = 0x7 << 76
_VARIANT = 0b10 << 62
_RAND_A_MASK = (1 << 12) - 1
_RAND_B_MASK = (1 << 62) - 1


def uuid7(unix_ms: int, randomness: int) -> UUID:
    """Build a version 7 UUID from milliseconds since 1970 and at least 74 random bits."""
    rand_a = (randomness >> 62) & _RAND_A_MASK
    rand_b = randomness & _RAND_B_MASK
    time = (unix_ms & ((1 << 48) - 1)) << 80
    return UUID(int=time | _VERSION | (rand_a << 64) | _VARIANT | rand_b)


NOWHERE = TenantId(UUID(int=0))
"""The scope of no tenant: only registries can be read from it."""
