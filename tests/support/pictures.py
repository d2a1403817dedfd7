"""A small real picture: what the platform keeps of it is the same, byte for byte."""

import io

from PIL import Image


def _png() -> bytes:
    target = io.BytesIO()
    Image.new("RGB", (8, 6), "red").save(target, "PNG")
    return target.getvalue()


PNG = _png()
