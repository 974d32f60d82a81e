"""How long a call to the store may take, and how long a store that failed is left alone."""

from typing import Final

SECONDS_PER_CALL: Final = 0.2
"""What a call may add to an answer, with the connection that it may have to make."""

PATIENT_SECONDS: Final = 1.0
"""The same, of an operation that cannot do without the store."""

LEFT_ALONE_SECONDS: Final = 3.0
"""How long the store is not called after a call has failed."""
