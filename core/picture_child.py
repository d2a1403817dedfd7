"""Re-encodes one picture, or draws the first page of one PDF, in a process that limits itself first.

Started by path with `python -I` and therefore without the rest of the product. Arguments: kind (png, jpg or
pdf), source, folder. Leaves `main` (pictures: without EXIF and whatever was hidden in it), `preview.png`
(PDF) and `thumb.png`, and says {"pages": n} or {"error": code} in one JSON line.
"""

import json
import resource
import sys
from pathlib import Path

import pypdfium2
from PIL import Image, ImageOps

MEMORY_BYTES = 1 << 30
CPU_SECONDS = 15
MOST_PIXELS = 25_000_000
PREVIEW = (1200, 1700)
THUMB = (320, 320)


def main(arguments: list[str]) -> int:
    kind, source, folder = arguments
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS + 2))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        said = _pdf(source, Path(folder)) if kind == "pdf" else _picture(kind, source, Path(folder))
    except (OSError, ValueError, SyntaxError, MemoryError, Image.DecompressionBombError) as error:
        full = isinstance(error, OSError) and error.errno == 28
        said = {"error": "disk_full" if full else "damaged"}
    except pypdfium2.PdfiumError:
        said = {"error": "unreadable"}
    sys.stdout.write(json.dumps(said) + "\n")
    return 0


def _picture(kind: str, source: str, folder: Path) -> dict[str, object]:
    Image.MAX_IMAGE_PIXELS = MOST_PIXELS * 2
    name = "PNG" if kind == "png" else "JPEG"
    with Image.open(source, formats=[name]) as opened:
        if opened.width * opened.height > MOST_PIXELS:
            return {"error": "pixels"}
        opened.load()
        picture = ImageOps.exif_transpose(opened)
    if name == "JPEG" and picture.mode not in ("L", "RGB"):
        picture = picture.convert("RGB")
    clean = Image.new(picture.mode, picture.size)
    if picture.mode == "P" and (palette := picture.getpalette()):
        clean.putpalette(palette)
    clean.paste(picture)
    if "transparency" in picture.info and name == "PNG":
        clean.info["transparency"] = picture.info["transparency"]
    clean.save(folder / "main", name, **({"quality": 92} if name == "JPEG" else {}))
    _thumb(clean, folder)
    return {"pages": 1}


def _pdf(source: str, folder: Path) -> dict[str, object]:
    document = pypdfium2.PdfDocument(source)
    page = document[0]
    width, height = page.get_size()
    scale = min(PREVIEW[0] / max(width, 1), PREVIEW[1] / max(height, 1), 4)
    drawn = page.render(scale=scale).to_pil().convert("RGB")
    drawn.save(folder / "preview.png", "PNG")
    _thumb(drawn, folder)
    return {"pages": len(document)}


def _thumb(picture: Image.Image, folder: Path) -> None:
    small = picture.convert("RGBA" if "A" in picture.mode or "transparency" in picture.info else "RGB")
    small.thumbnail(THUMB)
    small.save(folder / "thumb.png", "PNG")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
