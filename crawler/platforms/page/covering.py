"""Whether a wall lies over something in a page: then no person could see or press it, and neither do we."""

from dataclasses import dataclass

from playwright.async_api import ElementHandle, Locator

from crawler.platforms.walls import SHOWN, in_overlay

_COVERS = """(element, [walls, inside]) => {
  if (!inside) element.scrollIntoView({ block: "center", behavior: "instant" });
  const box = element.getBoundingClientRect();
  if (!box.width || !box.height) return null;
  const x = box.x + (inside ? element.clientLeft + inside[0] : box.width / 2);
  const y = box.y + (inside ? element.clientTop + inside[1] : box.height / 2);
  const around = new Set();
  for (let node = element; node; node = node.parentNode ?? node.host) around.add(node);
  const coverAt = (x, y) => {
    let cover = document.elementFromPoint(x, y);
    if (!cover || around.has(cover) || element.contains(cover)) return null;
    while (!around.has(cover.parentNode)) cover = cover.parentNode;
    return cover;
  };
  const cover = coverAt(x, y);
  const middle = cover && coverAt(innerWidth / 2, innerHeight / 2);
  const covers = [cover, middle && getComputedStyle(middle).position === "fixed" ? middle : null].filter(Boolean);
  const within = covers.flatMap(part => [part, ...part.querySelectorAll("*")]);
  const framed = within.map(part => part.contentDocument?.body).filter(Boolean);
  const parts = [...within, ...framed.flatMap(body => [...body.querySelectorAll("*")])];
  return {
    x, y,
    words: [...covers, ...framed].map(part => part.innerText ?? ""),
    shown: parts.some(part => part.matches(walls) && part.checkVisibility({ visibilityProperty: true })),
  };
}"""
"""What lies over an element's middle, or over a point in it: its words, and whether a wall shows in it.

A dialog stands beside the veil that it draws over the page: what is fixed in the middle of the window belongs to it.
"""

_WALLS = ", ".join(SHOWN.values())


@dataclass(frozen=True, slots=True)
class _Covers:
    x: float
    y: float
    words: tuple[str, ...]
    shown: bool

    @property
    def is_wall(self) -> bool:
        return self.shown or any(in_overlay(said) for said in self.words)


async def is_walled(what: Locator) -> bool:
    """Whether a sign-in or a captcha lies over an element, in its own page or over the frames in which that stands.

    False where there is no such element, or nothing of it shows.
    """
    element, inside = next(iter(await what.element_handles()), None), None
    while element is not None:
        covers = await _covers(element, inside)
        if covers is None or covers.is_wall:
            return covers is not None
        inside = (covers.x, covers.y)
        frame = await element.owner_frame()
        element = await frame.frame_element() if frame is not None and frame.parent_frame is not None else None
    return False


async def _covers(element: ElementHandle, inside: tuple[float, float] | None) -> _Covers | None:
    found = await element.evaluate(_COVERS, [_WALLS, inside])
    return found and _Covers(found["x"], found["y"], tuple(found["words"]), found["shown"])
