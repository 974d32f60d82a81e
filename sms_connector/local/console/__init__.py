"""The connector's settings as a page in the browser, to fill in, check, test and save."""
