"""Pictures of the messages, as a phone and a screen show them: `make pictures`. Needs Chromium.

    python docs/pictures.py                  the messages of the guide, into docs/pictures
    python docs/pictures.py FOLDER FILE...   any .eml files, into a folder

Each message is made by the program, from the figures of the published report that the tests have, too.
"""

import base64
import io
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Mapping
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from pathlib import Path

from PIL import Image, ImageChops

ROOT = Path(__file__).parents[1]
WIDTHS = {"phone": 360, "screen": 1200}
TALLEST = {"phone": 1500, "screen": 1100}  # as much as is looked at in a guide
ROOM = 6000  # pixels that a message is laid out in before it is cut
BROWSERS = ("chromium", "chromium-browser", "google-chrome")


def main(arguments: list[str]) -> int:
    """Draws the pictures; 1 where there is no browser to draw with."""
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    if browser is None:
        sys.stderr.write("pictures: there is no Chromium; on Debian: apt install chromium\n")
        return 1
    if arguments:
        folder, *files = map(Path, arguments)
        draw(browser, {file.stem: file.read_bytes() for file in files}, folder)
    else:
        draw(browser, of_the_guide(), ROOT / "docs" / "pictures")
    return 0


def of_the_guide() -> Mapping[str, bytes]:
    """The messages that the PMO's guide shows, by the name of their picture."""
    sys.path.insert(0, str(ROOT))
    from notifiers.messages import render
    from notifiers.refusals import Refusal
    from tests.notifiers.notices import office_notice, return_notice
    from tests.notifiers.samples import digest_telling, owner_telling

    told = {
        "owner": owner_telling(), "digest": digest_telling(), "reminder": return_notice(),
        "chaser": return_notice("chaser"), "office": office_notice(),
    }  # fmt: skip
    made = {name: render(one) for name, one in told.items()}
    return {name: one.body for name, one in made.items() if not isinstance(one, Refusal)}


def draw(browser: str, messages: Mapping[str, bytes], folder: Path) -> None:
    """A picture of each message at every width."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as made:
        for name, body in messages.items():
            page = Path(made) / f"{name}.html"
            page.write_text(as_page(body), encoding="utf-8")
            for screen, width in WIDTHS.items():
                shot = Path(made) / f"{name}-{screen}.png"
                subprocess.run(list(_command(browser, page, shot, width)), check=True, capture_output=True)
                (folder / shot.name).write_bytes(cut(shot.read_bytes(), TALLEST[screen]))


def as_page(body: bytes) -> str:
    """A message's HTML as a browser can show it: the pictures that come with it put into their places."""
    message = BytesParser(policy=policy.default).parsebytes(body)
    assert isinstance(message, EmailMessage)  # noqa: S101 - the policy makes no other
    part = message.get_body(("html",))
    page = "" if part is None else str(part.get_content())
    for one in message.walk():
        if cid := str(one["Content-ID"] or "").strip("<>"):
            data = base64.b64encode(one.get_payload(decode=True) or b"").decode()  # type: ignore[arg-type]  # bytes
            page = page.replace(f"cid:{cid}", f"data:image/png;base64,{data}")
    return page


def cut(png: bytes, tallest: int) -> bytes:
    """The picture without the empty page below the message, in few colours."""
    image = Image.open(io.BytesIO(png)).convert("RGB")
    inked = ImageChops.difference(image, Image.new("RGB", image.size, "white")).getbbox()
    bottom = min(tallest, image.height if inked is None else inked[3] + 24)
    file = io.BytesIO()
    image.crop((0, 0, image.width, bottom)).quantize(64).save(file, format="PNG", optimize=True)
    return file.getvalue()


def _command(browser: str, page: Path, shot: Path, width: int) -> Iterable[str]:
    return (
        browser, "--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--hide-scrollbars",
        f"--window-size={width},{ROOM}", f"--screenshot={shot}", page.as_uri(),
    )  # fmt: skip


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
