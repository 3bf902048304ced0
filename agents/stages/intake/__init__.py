"""Intake at work: inboxes in; ledger, outcomes, quarantine, and what hotlines are told out.

May import the engine, the edges, `streams.intake` and `streams.feedback`; no other stage.
"""
