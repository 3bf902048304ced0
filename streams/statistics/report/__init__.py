"""The estimators of reports: what is said in public and has to stand in court.

They use numpy, and scipy, which comes with the extra `report`; not `scipy.stats`, which takes as
long to import as all of hostwatch. May import the rest of
`streams.statistics`; no module that live figures need imports them.
"""
