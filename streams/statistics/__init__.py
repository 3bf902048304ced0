"""Estimators: Kaplan-Meier, shares from samples, and the containers that keep them cheap to update.

May import `schemas`.
"""
