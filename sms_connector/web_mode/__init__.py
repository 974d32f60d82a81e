"""Web mode: the function as an HTTP server, in a custom runtime of Function Compute."""
