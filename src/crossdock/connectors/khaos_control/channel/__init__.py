"""The generic channel: Khaos Control calls us, fetches orders, returns and stock items, and brings what it knows.

Source of every name and rule in this folder: the vendor's public README of its generic channel API, and the examples
beside it. Where the two differ, both are read and the README's tables are written.
"""
