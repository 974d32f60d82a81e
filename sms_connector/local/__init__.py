"""What runs on a person's machine only. Nothing in here is packaged."""
