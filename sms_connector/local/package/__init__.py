"""`package`: the directory that is deployed, made from pinned distributions and proved."""
