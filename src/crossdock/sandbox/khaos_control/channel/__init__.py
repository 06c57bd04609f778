"""The generic channel: Khaos Control calls a web server to download orders and to upload stock, prices and statuses.

The rules are those of the vendor's public README (khaoscontrol/kcc-web-services).
"""
