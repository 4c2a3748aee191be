"""QR codes as pictures that stand in the page itself."""

import io

import segno


def svg(text: str) -> str:
    """An SVG document, black on white: dark grounds confuse many cameras."""
    out = io.BytesIO()
    segno.make(text, error="m", micro=False).save(out, kind="svg", scale=6, border=4, light="#ffffff", xmldecl=False)
    return out.getvalue().decode()


def data_uri(text: str) -> str:
    """For the `src` of an `<img>`."""
    return str(segno.make(text, error="m", micro=False).svg_data_uri(scale=6, border=4, light="#ffffff"))
