"""The pages in a real browser: run by `make test-browser`, apart from the other tests."""
