"""Sending one message with the current settings, and its delivery state."""
