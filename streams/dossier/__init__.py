"""What a dossier says of a hoster's cases, and where its own list differs from the notices.

May import `streams.history`, `streams.views`, `streams.lifecycle` and the leaf modules.
"""
