from __future__ import annotations

import logging
import socket
import threading
import time
from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path

import pytest
import requests
import trustme

from sms_connector.local.emulate.account import (
    DEFAULT_ACCOUNT,
    ORDINARY_KEY,
    Account,
    AccountSign,
    AccountTemplate,
)
from sms_connector.local.emulate.magic import Behaviour, number_for
from sms_connector.local.emulate.server import Emulator

from .calling import CODE, GOOD, PHONE, rpc, rpc_parameters


def test_the_emulator_starts_and_stops_within_a_second() -> None:
    began = time.monotonic()
    with Emulator() as emulator:
        assert rpc(emulator).json()["Code"] == "OK"
    assert time.monotonic() - began < 1
    with pytest.raises(requests.ConnectionError):
        rpc(emulator)


def test_the_emulator_stops_within_a_second_while_calls_hang() -> None:
    def hang(emulator: Emulator) -> None:
        form = rpc_parameters({**GOOD, "PhoneNumbers": number_for(Behaviour.HUNG)})
        with requests.Session() as session, pytest.raises(requests.ConnectionError):
            session.post(emulator.url, data=form, timeout=10)
        ended.append(time.monotonic())

    ended: list[float] = []
    with Emulator() as emulator:
        threads = [threading.Thread(target=hang, args=(emulator,)) for _ in range(3)]
        for thread in threads:
            thread.start()
        deadline = time.monotonic() + 5
        while len(emulator.inbox.messages()) < 3 and time.monotonic() < deadline:
            time.sleep(0.01)
        assert ended == []
        began = time.monotonic()
    assert time.monotonic() - began < 1
    for thread in threads:
        thread.join(5)
    assert len(ended) == 3


def test_a_hung_call_does_not_delay_others(emulator: Emulator) -> None:
    form = rpc_parameters({**GOOD, "PhoneNumbers": number_for(Behaviour.HUNG)})
    address = emulator.url.removeprefix("http://").split(":")
    with socket.create_connection((address[0], int(address[1]))) as hung:
        body = requests.Request("POST", emulator.url, data=form).prepare().body
        assert isinstance(body, str)
        hung.sendall(
            b"POST / HTTP/1.1\r\nHost: localhost\r\n"
            b"Content-Type: application/x-www-form-urlencoded\r\n"
            b"Content-Length: %d\r\n\r\n%s" % (len(body), body.encode())
        )
        assert rpc(emulator).json()["Code"] == "OK"


def test_a_taken_port_raises_os_error(emulator: Emulator) -> None:
    taken = int(emulator.url.rsplit(":", 1)[1])
    with pytest.raises(OSError, match="in use"), Emulator(port=taken):
        pass


def test_the_emulator_listens_on_the_given_port() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with Emulator(port=port) as emulator:
        assert emulator.url == f"http://127.0.0.1:{port}"


def test_a_connection_is_kept_alive_and_answers_without_delay(emulator: Emulator) -> None:
    connection = HTTPConnection(emulator.url.removeprefix("http://"), timeout=5)
    with closing(connection):
        connection.connect()
        first = connection.sock
        began = time.monotonic()
        for _ in range(20):
            connection.request("GET", "/inbox")
            assert connection.getresponse().read() == b"[]"
        # An answer in two packets that waits to be acknowledged in between takes 40 ms.
        assert time.monotonic() - began < 0.4
        assert connection.sock is first


def test_the_emulator_serves_tls_with_a_certificate(tmp_path: Path) -> None:
    authority = trustme.CA()
    certificate = authority.issue_cert("127.0.0.1")
    roots, chain, key = (str(tmp_path / name) for name in ("roots.pem", "chain.pem", "key.pem"))
    authority.cert_pem.write_to_path(roots)
    for part in certificate.cert_chain_pems:
        part.write_to_path(chain, append=True)
    certificate.private_key_pem.write_to_path(key)
    with Emulator(ssl_certfile=chain, ssl_keyfile=key) as emulator:
        assert emulator.url.startswith("https://127.0.0.1:")
        form = rpc_parameters(GOOD)
        answer = requests.post(emulator.url, data=form, timeout=5, verify=roots)
        assert answer.json()["Code"] == "OK"
        reset = rpc_parameters({**GOOD, "PhoneNumbers": number_for(Behaviour.RESET_AFTER)})
        with pytest.raises(requests.ConnectionError):
            requests.post(emulator.url, data=reset, timeout=5, verify=roots)
        assert len(emulator.inbox.messages()) == 2


def test_an_unreadable_certificate_raises_os_error(tmp_path: Path) -> None:
    absent = str(tmp_path / "absent.pem")
    with pytest.raises(OSError, match="No such file"), Emulator(ssl_certfile=absent):
        pass


def test_the_emulator_can_have_another_account() -> None:
    template = AccountTemplate("SMS_1", "登录", "验证码${code}")
    account = Account((ORDINARY_KEY,), (AccountSign("别的签名"),), (template,))
    with Emulator(account=account) as emulator:
        parameters = {**GOOD, "SignName": "别的签名", "TemplateCode": "SMS_1"}
        assert rpc(emulator, parameters).json()["Code"] == "OK"
        assert emulator.inbox.messages()[0].content == f"【别的签名】验证码{CODE}"
        assert rpc(emulator).json()["Code"] == "isv.SMS_SIGNATURE_ILLEGAL"
        assert emulator.account is account


def test_flow_control_and_the_default_account_are_the_default() -> None:
    with Emulator() as emulator:
        codes = [rpc(emulator).json()["Code"] for _ in range(2)]
        assert codes == ["OK", "isv.BUSINESS_LIMIT_CONTROL"]
        assert emulator.account is DEFAULT_ACCOUNT


def test_the_emulator_logs_nothing(
    emulator: Emulator, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    with caplog.at_level(logging.DEBUG):
        rpc(emulator)
        rpc(emulator, {**GOOD, "TemplateCode": "SMS_0"})
        requests.get(f"{emulator.url}/?PhoneNumbers={PHONE}", timeout=5)
        with socket.create_connection(("127.0.0.1", int(emulator.url.rsplit(":", 1)[1]))) as raw:
            raw.sendall(b"nonsense\r\n\r\n")
            assert b"400" in raw.recv(100)
    logged = [record.name for record in caplog.records]
    assert [name for name in logged if not name.startswith("urllib3")] == []
    assert capfd.readouterr() == ("", "")
