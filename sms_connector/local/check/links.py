"""The pages of the provider's consoles where a problem can be solved."""

from typing import Final

KEYS: Final = "https://ram.console.aliyun.com/manage/ak (AccessKey)"
PERMISSIONS: Final = "https://ram.console.aliyun.com/users (用户 → 新增授权)"
OVERVIEW: Final = "https://dysms.console.aliyun.com/overview (概览)"
SIGNS: Final = "https://dysms.console.aliyun.com/domestic/text/sign (国内消息 → 签名管理)"
TEMPLATES: Final = "https://dysms.console.aliyun.com/domestic/text/template (国内消息 → 模板管理)"
OVERSEAS_TEMPLATES: Final = "https://dysms.console.aliyun.com/ (国际/港澳台消息 → 模板管理)"

_PNVS: Final = "https://dypns.console.aliyun.com/"
NUMBER_VERIFICATION: Final = f"{_PNVS} (号码认证服务 → 短信认证服务)"
GIVEN_SIGNS: Final = f"{_PNVS} (短信认证服务 → 短信认证参数配置 → 赠送签名配置)"
GIVEN_TEMPLATES: Final = f"{_PNVS} (短信认证服务 → 短信认证参数配置 → 赠送模板配置)"
