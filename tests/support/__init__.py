"""What several tests share: servers, commands, configs, events."""
