"""An Alibaba Cloud SMS (Dysmsapi 2017-05-25) for this machine: no account, no money, no phone."""
