"""What each scenario has to show, as checks over figures of a run.

May import everything of `sim.memory` and `sim.oracle`.
"""
