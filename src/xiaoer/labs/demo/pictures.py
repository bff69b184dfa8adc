"""Product pictures drawn on the spot: a flat colour and the outline of the kind of thing.

The demo downloads nothing and ships no photographs. A picture's name is its line of goods and
a shade number, such as `lipstick-07`; the same name is always the same drawing.
"""

from __future__ import annotations

import re
from functools import cache
from zlib import crc32

from xiaoer.labs.demo.words import read_json

SHADES = 12
NAME = re.compile(r"^([a-z]+)-(\d{2})$")
BOTTLE = "M88 46h24v18l10 14v70a8 8 0 0 1-8 8H86a8 8 0 0 1-8-8V78l10-14z"
JAR = "M70 70h60v12h6v66a8 8 0 0 1-8 8H72a8 8 0 0 1-8-8V82h6z"
TUBE = "M84 44h32v50h8v56a6 6 0 0 1-6 6H82a6 6 0 0 1-6-6V94h8z"
BOX = "M60 66h80v84H60zM60 66l12-16h56l12 16M92 66v22h16V66"
PACK = "M66 50h68l-4 10v86l4 10H66l4-10V60z"
CLOTH = "M78 48l22 10 22-10 30 22-14 20-14-8v72H76V82l-14 8-14-20z"
DRESS = "M84 46h32l-4 34 26 74H62l26-74z"
LEGS = "M74 48h52l8 106h-26l-8-66-8 66H66z"
SHOE = "M48 128c0-26 2-44 2-44h24l30 26c18 8 46 4 48 26v8H48z"
BAG = "M60 84h80l8 68H52zM78 84c0-48 44-48 44 0"
BOWL = "M50 92h100c0 34-20 56-34 60H84c-14-4-34-26-34-60z"
CUP = "M66 60h56v80a12 12 0 0 1-12 12H78a12 12 0 0 1-12-12zM122 78h20v40h-20"
BED = "M46 76h14v40h96v34h-14v-14H60v14H46zM68 92h34v20H68z"
ROUND = "M100 50a50 50 0 1 0 .1 0zM82 92a6 6 0 1 0 .1 0zM118 92a6 6 0 1 0 .1 0z"
WHEELS = "M56 60h14l12 50h54l8-44M84 138a10 10 0 1 0 .1 0zM132 138a10 10 0 1 0 .1 0z"
LEAF = "M58 142c-6-66 36-92 88-92 2 60-28 94-76 84M62 146l56-64"
FRUIT = "M100 72c-34-18-50 8-46 38 4 28 22 44 36 42l10-4 10 4c14 2 32-14 36-42 4-30-12-56-46-38zM100 72V50"
PLUG = "M72 66h56v54a28 28 0 0 1-56 0zM84 46v20M116 46v20M100 148v14"
OUTLINES: dict[str, str] = {
    BOTTLE: "foundation serum sunscreen perfume hair bodycare bottle seasoning drink liquor cleaning",
    JAR: "cream eyeshadow babycare candle candy",
    TUBE: "lipstick cleanser",
    BOX: "mask formula pastry storage paper babyfood",
    PACK: "diaper grain nuts coffee frozen dairy seafood",
    CLOTH: "top coat shirt tee sportwear babywear kidswear maternity",
    DRESS: "dress",
    LEGS: "trousers underwear",
    SHOE: "shoes sneakers",
    BAG: "bag scarf",
    BOWL: "tableware cookware",
    CUP: "cup",
    BED: "bedding towel",
    ROUND: "toy",
    WHEELS: "stroller",
    LEAF: "tea",
    FRUIT: "fruit",
    PLUG: "appliance",
}
OUTLINE_OF = {line: path for path, lines in OUTLINES.items() for line in lines.split()}


@cache
def draw(name: str) -> str | None:
    """The SVG of a picture name, or None when there is no such picture."""
    match = NAME.match(name)
    if not match or match[1] not in OUTLINE_OF or int(match[2]) >= SHADES:
        return None
    hue = (crc32(match[1].encode()) % 12 * 30 + int(match[2]) * 17) % 360
    words = read_json("lines.json")["lines"][match[1]]
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 200 200" role="img" '
        f'aria-label="{words["name"]}"><rect width="200" height="200" fill="hsl({hue} 42% 90%)"/>'
        f'<path d="{OUTLINE_OF[match[1]]}" fill="hsl({hue} 46% 76%)" '
        f'stroke="hsl({hue} 38% 36%)" stroke-width="4" stroke-linejoin="round" '
        'stroke-linecap="round"/></svg>'
    )
