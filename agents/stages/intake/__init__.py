"""Intake at work: inboxes in; ledger, outcomes and quarantine out.

May import the engine, the edges and `streams.intake`; no other stage.
"""
