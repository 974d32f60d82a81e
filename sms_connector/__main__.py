"""``python -m sms_connector``: the local tools. Not packaged."""

from .local.cli import cli

if __name__ == "__main__":
    cli(prog_name="python -m sms_connector")
