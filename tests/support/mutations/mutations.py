"""Planted defects of the product and of its broker, each with what must notice it."""

from mutation import DIFFERENCES
from mutations_judging import JUDGING
from mutations_storage import KEEPING

__all__ = ["DIFFERENCES", "MUTATIONS"]

MUTATIONS = (*KEEPING, *JUDGING)
