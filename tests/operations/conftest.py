"""Fixtures for the operations."""

from tests.support.verification_client import _two_attempts, client, function

__all__ = ["_two_attempts", "client", "function"]
