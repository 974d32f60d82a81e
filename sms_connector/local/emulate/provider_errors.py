"""The provider's refusals: HTTP status, code and message.

Follows https://help.aliyun.com/document_detail/101346.html (codes of the service, with HTTP 200)
and https://api.aliyun.com/document/Dysmsapi/2017-05-25/errorCode (codes of the gateway before it,
with HTTP 4xx or 5xx).
"""

from collections.abc import Mapping
from typing import NamedTuple


class Refusal(NamedTuple):
    """The answer with one code. `status` is an HTTP status."""

    status: int
    code: str
    message: str


class RefusedError(Exception):
    """The call is refused; nothing was sent."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.code)
        self.refusal = refusal


# Codes of the service itself: HTTP 200, `Code` is not OK.
_BY_THE_SERVICE = {
    "isv.BUSINESS_LIMIT_CONTROL": "触发分钟级流控Permits:1",
    "isv.DAY_LIMIT_CONTROL": "触发日发送限额",
    "isv.MONTH_LIMIT_CONTROL": "触发月发送限额",
    "isv.SMS_TEST_SIGN_TEMPLATE_LIMIT": "测试模板和签名限制",
    "isv.SMS_TEST_NUMBER_LIMIT": "只能向已回复授权信息的手机号发送",
    "isv.SMS_TEST_TEMPLATE_PARAMS_ILLEGAL": "测试专用模板中的变量仅支持4~6位纯数字",
    "isv.AMOUNT_NOT_ENOUGH": "账户余额不足",
    "isv.OUT_OF_SERVICE": "业务停机",
    "isv.MOBILE_NUMBER_ILLEGAL": "手机号码格式错误",
    "isv.DOMESTIC_NUMBER_NOT_SUPPORTED": "国际/港澳台消息模板不支持发送境内号码",
    "isv.MOBILE_COUNT_OVER_LIMIT": "手机号码数量超过限制，最多支持1000条",
    "isv.INVALID_PARAMETERS": "参数格式不正确",
    "isv.PARAM_LENGTH_LIMIT": "参数超过长度限制",
    "isv.PARAM_NOT_SUPPORT_URL": "变量不支持传入URL",
    "isv.INVALID_JSON_PARAM": "参数格式错误，不是合法的JSON格式",
    "isv.BLACK_KEY_CONTROL_LIMIT": "黑名单管控",
    "isv.TEMPLATE_MISSING_PARAMETERS": "模板缺少变量",
    "isv.TEMPLATE_PARAMS_ILLEGAL": "传入的变量内容和实际申请模板时变量所选择的属性类型不匹配",
    "isv.SMS_TEMPLATE_ILLEGAL": "该账号下找不到对应模板",
    "isv.SMS_SIGNATURE_ILLEGAL": "该账号下找不到对应签名",
    "isv.SMS_SIGNATURE_SCENE_ILLEGAL": "签名和模板类型不一致",
    "isv.SIGN_STATE_ILLEGAL": "签名状态不可用",
    "isv.SIGN_NAME_ILLEGAL": "签名名称不符合规范",
    "isv.SMS_SIGN_ILLEGAL": "签名禁止使用",
    "isv.SMS_CONTENT_ILLEGAL": "短信内容包含禁止发送内容",
    "isv.EXTEND_CODE_ERROR": "扩展码使用错误，相同的扩展码不可用于多个签名",
    "isv.ONE_CODE_MULTIPLE_SIGN": "一码多签",
    "isv.CODE_EXCEED_LIMIT": "自拓扩展码个数已超过上限",
    "isv.CODE_ERROR": "传入扩展码不可用",
    "isv.SIGNATURE_BLACKLIST": "签名内容涉及违规信息",
    "isv.SMS_SIGN_EMOJI_ILLEGAL": "签名不能包含emoji表情",
    "isv.UNSUPPORTED_CONTENT": "不支持的短信内容",
    "isv.SMS_CONTENT_MISMATCH_TEMPLATE_TYPE": "短信内容和模板属性不匹配",
    "template_parameter_count_illegal": "验证码模板仅支持一个验证码作为变量",
    "isv.CUSTOMER_REFUSED": "用户已退订推广短信",
    "isv.ACCOUNT_NOT_EXISTS": "账户不存在",
    "isv.ACCOUNT_ABNORMAL": "账户异常",
    "isv.SECURITY_FROZEN_ACCOUNT": "因该账号长时间未使用，已限制您账号的短信发送",
    "isv.PRODUCT_UN_SUBSCRIPT": "未开通云通信产品的阿里云客户",
    "isv.PRODUCT_UNSUBSCRIBE": "产品未开通",
    "isv.DENY_IP_RANGE": "源IP地址所在的地区被禁用",
    "isp.RAM_PERMISSION_DENY": "RAM权限不足",
    "isp.SYSTEM_ERROR": "系统出现错误，请重新调用",
    "isp.GATEWAY_ERROR": "网关出现错误，请重新调用",
    # Not a documented code: it shows how a client handles an unknown one.
    "isv.UNHEARD_OF": "未知错误",
}

# Codes of the gateway before the service.
_BY_THE_GATEWAY = (
    Refusal(400, "InvalidVersion", "Specified parameter Version is not valid."),
    Refusal(404, "InvalidAction.NotFound", "Specified api is not found, please check your url."),
    Refusal(404, "InvalidPath.NotFound", "Specified path is not found."),
    Refusal(405, "UnsupportedHTTPMethod", "This http method is not supported."),
    Refusal(404, "InvalidAccessKeyId.NotFound", "Specified access key is not found."),
    Refusal(400, "InvalidAccessKeyId.Inactive", "Specified access key is disabled."),
    Refusal(400, "SignatureDoesNotMatch", "Specified signature is not matched."),
    Refusal(400, "IncompleteSignature", "The request signature does not conform to standards."),
    Refusal(400, "InvalidSignatureMethod", "Specified signature method is not valid."),
    Refusal(400, "InvalidTimeStamp.Format", "Specified time stamp or date value is malformed."),
    Refusal(400, "InvalidTimeStamp.Expired", "Specified time stamp or date value is expired."),
    Refusal(400, "SignatureNonceUsed", "Specified signature nonce was used already."),
    Refusal(400, "MissingSecurityToken", "SecurityToken is mandatory for this action."),
    Refusal(400, "InvalidSecurityToken.Expired", "Specified SecurityToken is expired."),
    Refusal(
        400,
        "InvalidSecurityToken.MismatchWithAccessKey",
        "Specified SecurityToken mismatch with the AccountKey.",
    ),
    Refusal(400, "InvalidParameter.Unheard", "Specified parameter is not valid."),
    Refusal(403, "Forbidden.RAM", "User not authorized to operate on the specified resource."),
    Refusal(403, "NoPermission", "You are not authorized to do this action."),
    Refusal(400, "Throttling", "Request was denied due to request throttling."),
    Refusal(400, "Throttling.Api", "Request was denied due to api flow control."),
    Refusal(429, "Throttling.User", "Request was denied due to user flow control."),
    Refusal(429, "TooManyRequests", "Too many requests."),
    Refusal(500, "InternalError", "The request processing has failed due to some unknown error."),
    Refusal(503, "ServiceUnavailable", "The request has failed due to a temporary failure."),
    Refusal(504, "GatewayTimeout", "The service behind the gateway did not answer in time."),
)

REFUSALS = {
    **{code: Refusal(200, code, message) for code, message in _BY_THE_SERVICE.items()},
    **{refusal.code: refusal for refusal in _BY_THE_GATEWAY},
}


def refused(code: str, message: str | None = None) -> RefusedError:
    """Return the error for a code of `REFUSALS`, with another message if one is given."""
    refusal = REFUSALS[code]
    return RefusedError(refusal if message is None else refusal._replace(message=message))


def require(parameters: Mapping[str, str], *names: str) -> None:
    """Raise the gateway's RefusedError for the first of the names that is missing or empty."""
    for name in names:
        if not parameters.get(name):
            raise missing(name)


def missing(parameter: str) -> RefusedError:
    """Return the gateway's error for a mandatory parameter that is missing."""
    message = f"{parameter} is mandatory for this action."
    return RefusedError(Refusal(400, f"Missing{parameter}", message))
