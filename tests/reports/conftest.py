from tests.support.stores import patience, running, server, store

__all__ = ("patience", "running", "server", "store")
