"""The providers on this machine that everything sends to, over TLS."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import trustme

from sms_connector.local.emulate.server import Emulator
from sms_connector.local.example import example_config
from sms_connector.local.package.root_certificates import write_directory

HOSTS = ("localhost", "127.0.0.1", "dysmsapi.aliyuncs.com")


class Authority(NamedTuple):
    """A certificate authority for this run. It is trusted besides the roots of the platform."""

    certificate: Path
    server_certificate: Path
    server_key: Path
    directory: Path

    @classmethod
    def make(cls, folder: Path) -> "Authority":
        made = cls(*(folder / name for name in ("authority.pem", "server.pem", "key.pem", "roots")))
        authority = trustme.CA()
        authority.cert_pem.write_to_path(str(made.certificate))
        issued = authority.issue_cert(*HOSTS)
        issued.cert_chain_pems[0].write_to_path(str(made.server_certificate))
        issued.private_key_pem.write_to_path(str(made.server_key))
        write_directory(made.certificate.read_text("ascii"), made.directory)
        return made

    def environ(self, endpoint: str) -> Mapping[str, str]:
        """Return the environment variables of a program that sends to an endpoint.

        The authority is given as a directory, because a file would replace the platform's bundle.
        """
        config = example_config(endpoint)
        return {
            "PATH": os.environ["PATH"],
            "SMS_CONNECTOR_CONFIG": json.dumps(config),
            "SSL_CERT_DIR": str(self.directory),
            "NODE_EXTRA_CA_CERTS": str(self.certificate),
        }


@contextmanager
def emulator(authority: Authority) -> Iterator[str]:
    """Serve the emulator, which checks every signature. Yields its URL."""
    with Emulator(
        flow_control=False,
        allow_hosts=HOSTS,
        ssl_certfile=str(authority.server_certificate),
        ssl_keyfile=str(authority.server_key),
    ) as running:
        yield running.url.replace("127.0.0.1", "localhost")


@contextmanager
def slow_provider(authority: Authority) -> Iterator[str]:
    """Serve a provider that answers after 50 ms, in a process of its own. Yields its URL."""
    with subprocess.Popen(  # noqa: S603
        [
            *(sys.executable, str(Path(__file__).with_name("slow_provider.py"))),
            *(str(authority.server_certificate), str(authority.server_key)),
        ],
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        try:
            yield f"https://localhost:{int(process.stdout.readline())}"
        finally:
            process.terminate()
