"""What a report says, worked out from its cases: who may be judged, who is named, and why.

Pure. May import `schemas`, `streams.case_class`, `streams.lifecycle`, `streams.norms` and
`streams.statistics`.
"""
