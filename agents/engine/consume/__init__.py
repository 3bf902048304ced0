"""Consume: the app, the stage runner, membership of the group, the guard of a stage.

May import the other folders of the engine but `produce`.
"""
