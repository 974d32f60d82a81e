"""The pages of the provider's consoles where a problem can be solved."""

from typing import Final

KEYS: Final = "https://ram.console.aliyun.com/manage/ak (AccessKey)"
PERMISSIONS: Final = "https://ram.console.aliyun.com/users (用户 → 新增授权)"
OVERVIEW: Final = "https://dysms.console.aliyun.com/overview (概览)"
SIGNS: Final = "https://dysms.console.aliyun.com/domestic/text/sign (国内消息 → 签名管理)"
TEMPLATES: Final = "https://dysms.console.aliyun.com/domestic/text/template (国内消息 → 模板管理)"
OVERSEAS_TEMPLATES: Final = "https://dysms.console.aliyun.com/ (国际/港澳台消息 → 模板管理)"
