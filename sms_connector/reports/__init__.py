"""What became of messages: delivery reports, delivery states, and figures."""
