"""An emulator of Alibaba Cloud SMS: it needs no account, no money and no phone."""
