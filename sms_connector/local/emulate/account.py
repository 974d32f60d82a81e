"""The emulated account: its access keys, signs and templates, as the provider's console lists them.

Every value here is public and made up; docs/emulator.md lists them.
"""

import re
from enum import Enum
from typing import NamedTuple

from .registration import Registration, State, everywhere

_VARIABLE = re.compile(r"\$\{(\w+)\}")


class Review(Enum):
    """The state of the provider's review: `AuditStatus` in the lists, a number elsewhere."""

    PENDING = ("AUDIT_STATE_INIT", 0)
    APPROVED = ("AUDIT_STATE_PASS", 1)
    REJECTED = ("AUDIT_STATE_NOT_PASS", 2)

    @property
    def audit_status(self) -> str:
        return self.value[0]

    @property
    def number(self) -> int:
        return self.value[1]


class Scene(Enum):
    """What a sign was approved for, as `BusinessType` names it."""

    GENERAL = "通用"
    VERIFICATION = "验证码"
    # The provider has only the two above today. This one stands for a sign that is approved, but
    # not for verification codes.
    NOTIFICATION = "通知"


class Kind(Enum):
    """What a template is for: `TemplateType` in GetSmsTemplate, and in QuerySmsTemplateList.

    The list has numbers of its own, and gives those of GetSmsTemplate as `OuterTemplateType`.
    """

    VERIFICATION = (0, 2)
    NOTIFICATION = (1, 0)
    PROMOTION = (2, 1)
    INTERNATIONAL = (3, 6)

    @property
    def number(self) -> int:
        return self.value[0]

    @property
    def number_in_list(self) -> int:
        return self.value[1]


class IntlType(Enum):
    """What a template of the international kind carries: `IntlType` in GetSmsTemplate."""

    NOTIFICATION = 0
    PROMOTION = 1
    VERIFICATION = 2


class SignTag(Enum):
    """Where a sign comes from: `SignTag` in GetSmsSign."""

    OWN = "2"
    GIVEN = "3"
    TEST = "4"
    TRIAL = "5"


class Variable(Enum):
    """What the variable of a mainland verification template takes, 4 to 6 of them.

    The names are those of `VariableAttribute`: https://help.aliyun.com/document_detail/2806243.html
    """

    DIGITS = "numberCaptcha"
    LETTERS_AND_DIGITS = "characterWithNumber2"


class AccountKey(NamedTuple):
    """An access key pair, or an STS triple when it has a security token."""

    id: str
    secret: str
    security_token: str | None = None
    expired_token: str | None = None
    active: bool = True


class AccountSign(NamedTuple):
    name: str
    review: Review = Review.APPROVED
    scene: Scene = Scene.GENERAL
    reject_info: str = ""
    tag: SignTag = SignTag.OWN
    registration: Registration = Registration()

    def suits(self, template: "AccountTemplate") -> bool:
        """Return whether messages of this template may be sent with this sign."""
        if self.scene is Scene.GENERAL:
            return True
        return (self.scene is Scene.VERIFICATION) == template.for_codes


class AccountTemplate(NamedTuple):
    code: str
    name: str
    content: str
    kind: Kind = Kind.VERIFICATION
    review: Review = Review.APPROVED
    intl_type: IntlType | None = None
    reject_info: str = ""
    variable: Variable | None = None
    is_test: bool = False

    @property
    def overseas(self) -> bool:
        """An international template sends abroad only, any other to the mainland only."""
        return self.kind is Kind.INTERNATIONAL

    @property
    def for_codes(self) -> bool:
        """The rules for values and frequency depend on whether it is a verification template."""
        return self.kind is Kind.VERIFICATION or self.intl_type is IntlType.VERIFICATION

    @property
    def variables(self) -> frozenset[str]:
        return frozenset(_VARIABLE.findall(self.content))

    def render(self, values: dict[str, str]) -> str:
        """Replace the variables by their values. Raises KeyError if one has no value."""
        return _VARIABLE.sub(lambda variable: values[variable[1]], self.content)


class Account(NamedTuple):
    access_keys: tuple[AccountKey, ...]
    signs: tuple[AccountSign, ...]
    templates: tuple[AccountTemplate, ...]
    bound_numbers: tuple[str, ...] = ()
    """Those that test signs send to."""

    def access_key(self, key_id: str) -> AccountKey | None:
        return next((key for key in self.access_keys if key.id == key_id), None)

    def sign(self, name: str) -> AccountSign | None:
        return next((sign for sign in self.signs if sign.name == name), None)

    def template(self, code: str) -> AccountTemplate | None:
        return next((template for template in self.templates if template.code == code), None)


ORDINARY_KEY = AccountKey(
    id="LTAI5tORrctvcL9cCE8zWn4e",
    secret="PWPksCHt0RCq8Mg5BHHpg8AYm03HiM",  # noqa: S106
)
STS_KEY = AccountKey(
    id="STS.NdK2981qeNqpnYMnNPpcD4HpNb",
    secret="3twEz4LOMZuWofyZOt6h4oTGJSJnhoMqMhGgWMVBLN4r",  # noqa: S106
    security_token="CAISUdNG00glv7oNnowjgqITUHIO4JRui8zhawbpwRqdzc2XyueS3IMGbHCBxQ2s",  # noqa: S106
    expired_token="CAISwalkgLUkZIawPEPDyu7ECcTx8OHgbMotS6EITOogx3VDqjxYoTQFc817lVxr",  # noqa: S106
)
DISABLED_KEY = AccountKey(
    id="LTAI5tU6TZJEKdSOp5DbatUM",
    secret="HknCgIkyTNAqj5kYHFFUeMeWpNpDqb",  # noqa: S106
    active=False,
)

SIGNS = (
    AccountSign("码上登录"),
    AccountSign("码上验证", scene=Scene.VERIFICATION),
    AccountSign("码上通知", scene=Scene.NOTIFICATION),
    AccountSign("码上审核", review=Review.PENDING),
    AccountSign("码上驳回", review=Review.REJECTED, reject_info="签名与主体无关"),
    # Approved, with a registration of each state.
    AccountSign("码上待验", registration=everywhere(State.UNPROVED)),
    AccountSign("码上报备", registration=everywhere(State.UNDER_WAY)),
    AccountSign("码上失败", registration=everywhere(State.FAILED)),
    AccountSign("码上失效", registration=everywhere(State.LAPSED)),
    AccountSign("码上未报", registration=everywhere(State.NOT_SUBMITTED)),
    AccountSign("码上各异", registration=Registration(telecom=State.FAILED)),
    AccountSign("码上测试", tag=SignTag.TEST),
    AccountSign("码上试用", tag=SignTag.TRIAL),
)

BOUND_NUMBERS = ("13900000001", "13900000002")

TEMPLATES = (
    AccountTemplate(
        "SMS_200000001",
        "注册",
        "您的注册验证码为${code}，5分钟内有效，请勿告知他人。",
        variable=Variable.DIGITS,
    ),
    AccountTemplate(
        "SMS_200000002",
        "登录",
        "您的登录验证码为${code}，5分钟内有效，请勿告知他人。",
        variable=Variable.DIGITS,
    ),
    AccountTemplate(
        "SMS_200000003",
        "找回密码",
        "您正在重置密码，验证码为${code}，如非本人操作请忽略。",
        variable=Variable.DIGITS,
    ),
    AccountTemplate(
        "SMS_200000004", "通用", "您的验证码为${code}，5分钟内有效。", variable=Variable.DIGITS
    ),
    AccountTemplate(
        "SMS_200000005",
        "字母验证码",
        "您的验证码为${code}，请勿告知他人。",
        variable=Variable.LETTERS_AND_DIGITS,
    ),
    AccountTemplate(
        "SMS_200000006",
        "测试",
        "您的测试验证码为${code}，请勿告知他人。",
        variable=Variable.DIGITS,
        is_test=True,
    ),
    AccountTemplate(
        "SMS_200000102",
        "Sign in",
        "Your sign-in code is ${code}. It is valid for 5 minutes.",
        kind=Kind.INTERNATIONAL,
        intl_type=IntlType.VERIFICATION,
    ),
    AccountTemplate(
        "SMS_200000105",
        "Notice",
        "Your appointment ${code} is confirmed.",
        kind=Kind.INTERNATIONAL,
        intl_type=IntlType.NOTIFICATION,
    ),
    AccountTemplate("SMS_200000201", "审核中", "您的验证码为${code}。", review=Review.PENDING),
    AccountTemplate(
        "SMS_200000202",
        "已驳回",
        "点击领取红包，验证码${code}。",
        review=Review.REJECTED,
        reject_info="验证码模板不得含有营销内容",
    ),
    AccountTemplate("SMS_200000301", "取件通知", "您的取件码为${code}。", kind=Kind.NOTIFICATION),
    AccountTemplate("SMS_200000302", "优惠推广", "凭券码${code}到店立减。", kind=Kind.PROMOTION),
    AccountTemplate("SMS_200000401", "没有变量", "您正在登录，请在应用内确认。"),
    AccountTemplate(
        "SMS_200000402", "变量名不同", "您的验证码为${number}。", variable=Variable.DIGITS
    ),
    AccountTemplate(
        "SMS_200000403",
        "多一个变量",
        "您正在登录${product}，验证码为${code}。",
        variable=Variable.LETTERS_AND_DIGITS,
    ),
)

DEFAULT_ACCOUNT = Account((ORDINARY_KEY, STS_KEY, DISABLED_KEY), SIGNS, TEMPLATES, BOUND_NUMBERS)
