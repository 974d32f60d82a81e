"""What several tests stand on: a provider that misbehaves as told, a Function Compute context."""
