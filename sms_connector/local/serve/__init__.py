"""`serve`: real HTTP requests become the events that Function Compute would make of them."""
