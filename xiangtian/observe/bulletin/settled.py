"""Office files whose bytes depend on their content alone: the parts of the zip in order, all of one fixed date."""

from __future__ import annotations

import io
import re
import zipfile

FIXED = (1980, 1, 1, 0, 0, 0)
_MOMENT = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*(</dcterms:)")
_STAMP = rb"\g<1>1980-01-01T00:00:00Z\g<2>"


def settled(body: bytes) -> bytes:
    """Write a docx or xlsx anew without the moments of its making.

    Parameters
    ----------
    body : bytes
        The file.

    Returns
    -------
    bytes
        The same parts, sorted by name, dated 1980-01-01.
    """
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(body)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in sorted(old.namelist(), key=lambda one: (one != "[Content_Types].xml", one)):
            part = old.read(name)
            if name == "docProps/core.xml":
                part = _MOMENT.sub(_STAMP, part)
            new.writestr(zipfile.ZipInfo(name, FIXED), part, zipfile.ZIP_DEFLATED)
    return out.getvalue()
