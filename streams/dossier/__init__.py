"""What a dossier says of a hoster's cases, and where its own list differs from the notices.

May import `schemas`, `streams.history`, `streams.views`, `streams.lifecycle`, `streams.norms`,
`streams.registry` and the leaf modules of `streams`.
"""
