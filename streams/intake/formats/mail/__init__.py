"""Formats that are mails: to the mailbox of SCART, and receipts of notices.

May import `schemas`.
"""
