"""The monthly bulletin of observation quality (业务质量月通报): its content, and how it is written down.

`content` makes one plain table of facts out of an assessment; the canonical JSON of it is what is hashed and frozen.
`excel`, `word` and `pdf` turn that same content into files, byte for byte the same each time.
"""
