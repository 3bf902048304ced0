"""The hardened consume loop under the stages.

May import `agents.process` and the settings; it knows no stage, no edge and no record's meaning.
"""
