"""The words of the open doors: what a question in OGC API terms means, and documents that answer it.

OGC API - Environmental Data Retrieval 1.1 (OGC 19-086r6), OGC API - Features Part 1 (OGC 17-069r4),
CoverageJSON 1.0 (OGC 21-069r2), GeoJSON (RFC 7946).
"""
