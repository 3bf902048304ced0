"""Printed documents: one frame, one style, charts as SVG, and PDF made from the page.

Reports, letters and dossiers are rendered here. May import `agents.edges.web` for the catalogue of
texts. Live roles never load it: the PDF needs the extra `report`.
"""
