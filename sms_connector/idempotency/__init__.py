"""A request that is carried out once: its claim, and the outcome that a repeat gets."""
