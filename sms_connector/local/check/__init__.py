"""Checks of the connector's settings: whether messages can be sent, and how to fix problems."""
