"""Calling a deployed function: once, and with the outcome told as it is."""
