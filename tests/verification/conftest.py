from tests.support.stores import memory, patience, running, server, store

__all__ = ("memory", "patience", "running", "server", "store")
