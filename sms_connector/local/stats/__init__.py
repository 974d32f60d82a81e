"""The figures of a deployment, on a terminal."""
