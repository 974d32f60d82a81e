"""The connector's settings as a page in the browser, to fill in, check, try and save."""
