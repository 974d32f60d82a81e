"""Send verification codes by Alibaba Cloud SMS from Function Compute."""

__version__ = "0.2.0"
