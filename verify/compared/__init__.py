"""Both sides in one form, laid beside each other, and the accounts of intake.

May import `schemas`.
"""
