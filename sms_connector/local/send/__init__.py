"""Sending one message with the current settings, and what became of it."""
