"""What `make bench` runs. Not part of the function, and not of its tests."""
