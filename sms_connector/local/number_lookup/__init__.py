"""What is known of one number, on a terminal."""
