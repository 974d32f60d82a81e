"""What the number verification service (PNVS, Dypnsapi 2017-05-25) gives every account.

Its signs and templates need no review. The signs and texts here are made up; the template codes
and what they are for are the service's. docs/emulator.md lists them.
"""

from collections.abc import Mapping

from .account import AccountTemplate
from .provider_errors import Refusal

GIVEN_SIGNS = ("码上速通", "码上互信")

GIVEN_TEMPLATES = (
    AccountTemplate(
        "100001", "登录/注册", "您正在登录或注册，验证码为${code}，${min}分钟内有效，请勿告知他人。"
    ),
    AccountTemplate(
        "100002", "修改绑定手机号", "您正在更换手机号，验证码为${code}，${min}分钟内有效。"
    ),
    AccountTemplate("100003", "重置密码", "您正在重置密码，验证码为${code}，${min}分钟内有效。"),
    AccountTemplate(
        "100004", "绑定新手机号", "您正在绑定手机号，验证码为${code}，${min}分钟内有效。"
    ),
    AccountTemplate(
        "100005", "验证绑定手机号", "您正在验证手机号，验证码为${code}，${min}分钟内有效。"
    ),
)

PNVS_REFUSALS = {
    code: Refusal(200, code, message)
    for code, message in {
        "biz.FREQUENCY": "check frequency failed",
        "FREQUENCY_FAIL": "发送过于频繁",
        "BUSINESS_LIMIT_CONTROL": "触发号码天级流控",
        "MOBILE_NUMBER_ILLEGAL": "手机号码格式错误",
        "INVALID_PARAMETERS": "参数错误",
        "FUNCTION_NOT_OPENED": "没有开通融合认证功能",
    }.items()
}

# Besides MAGIC_NUMBERS, whose refusals and faults SendSmsVerifyCode has too.
PNVS_MAGIC_NUMBERS: Mapping[str, Refusal] = {
    "19900000601": PNVS_REFUSALS["FUNCTION_NOT_OPENED"],
    "19900000602": PNVS_REFUSALS["biz.FREQUENCY"],
    "19900000603": PNVS_REFUSALS["FREQUENCY_FAIL"],
    "19900000604": PNVS_REFUSALS["BUSINESS_LIMIT_CONTROL"],
    "19900000605": PNVS_REFUSALS["MOBILE_NUMBER_ILLEGAL"],
    "19900000606": PNVS_REFUSALS["INVALID_PARAMETERS"],
}
