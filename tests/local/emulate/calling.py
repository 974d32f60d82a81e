"""Calls to an emulator: with the official SDK, and signed by hand as other clients sign."""

from __future__ import annotations

import base64
import hashlib
import hmac
import time
import uuid
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import requests
from alibabacloud_dysmsapi20170525 import models
from alibabacloud_dysmsapi20170525.client import Client
from alibabacloud_tea_openapi.client import Client as GenericClient
from alibabacloud_tea_openapi.utils_models import Config, OpenApiRequest, Params
from darabonba.runtime import RuntimeOptions

from sms_connector.local.emulate.account import ORDINARY_KEY, AccountKey
from sms_connector.local.emulate.server import Emulator

PHONE = "13812345678"
CODE = "246810"
GOOD = {
    "PhoneNumbers": PHONE,
    "SignName": "码上登录",
    "TemplateCode": "SMS_200000001",
    "TemplateParam": f'{{"code":"{CODE}"}}',
}


def sdk_client(emulator: Emulator, key: AccountKey = ORDINARY_KEY, **settings: Any) -> Client:
    address = urlsplit(emulator.url)
    return Client(
        Config(
            access_key_id=key.id,
            access_key_secret=key.secret,
            security_token=key.security_token,
            endpoint=address.netloc,
            protocol=address.scheme.upper(),
            **settings,
        )
    )


def sdk_request(**changes: str) -> models.SendSmsRequest:
    request = models.SendSmsRequest()
    request.from_map({**GOOD, **changes})
    return request


def call_api(
    emulator: Emulator,
    action: str,
    parameters: dict[str, str],
    key: AccountKey = ORDINARY_KEY,
    **settings: Any,
) -> dict[str, Any]:
    """Call an action with the generic client; `signature_algorithm="v2"` signs in RPC style."""
    config = Config(
        access_key_id=key.id,
        access_key_secret=key.secret,
        security_token=key.security_token,
        endpoint=urlsplit(emulator.url).netloc,
        protocol="HTTP",
        **settings,
    )
    params = Params(
        action=action,
        version="2017-05-25",
        protocol="HTTP",
        pathname="/",
        method="POST",
        auth_type="AK",
        style="RPC",
        req_body_type="formData",
        body_type="json",
    )
    request = OpenApiRequest(query=parameters)
    body: dict[str, Any] = GenericClient(config).call_api(params, request, RuntimeOptions())["body"]
    return body


def encode(text: str) -> str:
    return quote(text, safe="~")


def timestamp(at: float | None = None) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(at))


def rpc_parameters(
    parameters: Mapping[str, str | None],
    key: AccountKey = ORDINARY_KEY,
    at: float | None = None,
    method: str = "POST",
) -> dict[str, str]:
    """Sign in RPC style, as Logto's connector does; a parameter that is None is left out."""
    every = {
        "AccessKeyId": key.id,
        "Action": "SendSms",
        "Format": "json",
        "RegionId": "cn-hangzhou",
        "SignatureMethod": "HMAC-SHA1",
        "SignatureNonce": str(uuid.uuid4()),
        "SignatureVersion": "1.0",
        "Timestamp": timestamp(at),
        "Version": "2017-05-25",
        **({"SecurityToken": key.security_token} if key.security_token else {}),
        **parameters,
    }
    signed = {name: value for name, value in every.items() if value is not None}
    query = "&".join(sorted(f"{encode(name)}={encode(value)}" for name, value in signed.items()))
    text = f"{method}&{encode('/')}&{encode(query)}"
    digest = hmac.digest(f"{key.secret}&".encode(), text.encode(), hashlib.sha1)
    return {"Signature": base64.b64encode(digest).decode(), **signed}


def rpc(
    emulator: Emulator,
    parameters: Mapping[str, str | None] = GOOD,
    key: AccountKey = ORDINARY_KEY,
    at: float | None = None,
) -> requests.Response:
    form = rpc_parameters(parameters, key, at)
    return requests.post(emulator.url, data=form, timeout=5, allow_redirects=False)


def acs3_headers(
    emulator: Emulator,
    query: Mapping[str, str],
    body: bytes = b"",
    method: str = "POST",
    key: AccountKey = ORDINARY_KEY,
    headers: Mapping[str, str | None] | None = None,
    unsigned: tuple[str, ...] = (),
) -> dict[str, str]:
    """Sign by hand; a header that is None is left out, and `unsigned` ones are not covered."""
    every = {
        "host": urlsplit(emulator.url).netloc,
        "x-acs-action": "SendSms",
        "x-acs-version": "2017-05-25",
        "x-acs-date": timestamp(),
        "x-acs-signature-nonce": uuid.uuid4().hex,
        "x-acs-content-sha256": hashlib.sha256(body).hexdigest(),
        **({"x-acs-security-token": key.security_token} if key.security_token else {}),
        **(headers or {}),
    }
    sent = {name: value for name, value in every.items() if value is not None}
    covered = sorted(set(sent) - set(unsigned))
    canonical = "\n".join(
        (
            method,
            "/",
            "&".join(f"{encode(name)}={encode(query[name])}" for name in sorted(query)),
            *(f"{name}:{sent[name]}" for name in covered),
            "",
            ";".join(covered),
            sent.get("x-acs-content-sha256", ""),
        )
    )
    text = f"ACS3-HMAC-SHA256\n{hashlib.sha256(canonical.encode()).hexdigest()}"
    signature = hmac.digest(key.secret.encode(), text.encode(), hashlib.sha256).hex()
    sent["authorization"] = (
        f"ACS3-HMAC-SHA256 Credential={key.id},SignedHeaders={';'.join(covered)},"
        f"Signature={signature}"
    )
    return sent


def acs3(
    emulator: Emulator,
    headers: Mapping[str, str],
    query: Mapping[str, str] = GOOD,
    body: bytes = b"",
    method: str = "POST",
) -> requests.Response:
    url = f"{emulator.url}/?{urlencode(query)}" if query else emulator.url
    return requests.request(
        method, url, headers=dict(headers), data=body or None, timeout=5, allow_redirects=False
    )
