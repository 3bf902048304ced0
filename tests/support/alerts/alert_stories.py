"""For every alert a story: what is seen, when it is silent, when it fires and when it is over."""

from alert_stories_hosters import HOSTERS, HOTLINES
from alert_stories_probers import PROBERS
from alert_stories_processes import PROCESSES
from alert_story import AlertStory

__all__ = ["HOSTERS", "HOTLINES", "PROBERS", "PROCESSES", "AlertStory"]
