"""Whether the connector's settings will let messages go out, and what to mend if not."""
