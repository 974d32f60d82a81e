"""What the function does: one file for each group of operations, and ``routes.py`` for them all.

A new operation is a function in a file here, and a line of the table in ``routes.py``.
"""
