"""The hardened consume loop under the stages.

May import `agents.process` and the settings; it knows no stage and no edge. Of records it knows
the reading of the broker's clock and the reasons of quarantine; every other record is bytes to it.
"""
