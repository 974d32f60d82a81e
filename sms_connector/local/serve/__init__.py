"""`serve`: turn HTTP requests into the events that Function Compute would make of them."""
