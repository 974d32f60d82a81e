"""Calling a deployed function once, and showing the outcome."""
