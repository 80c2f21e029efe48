// What is cut away by what stands around it: for layer.js and collect.js. Rectangles are those of
// the window, {x, y, right, bottom}; null is one without end.
() => {
  const parentOf = (element) =>
    element.assignedSlot ?? element.parentElement ?? element.getRootNode().host ?? null;
  const holds = (style) =>
    style.transform !== "none" || style.filter !== "none" ||
    /paint|layout|strict|content/u.test(style.contain);
  // The box that an element's own lies in (CSS 2, 10.1): what floats is not cut by all around it.
  const around = (element) => {
    const { position } = getComputedStyle(element);
    let at = parentOf(element);
    if (position !== "absolute" && position !== "fixed") return at;
    while (at) {
      const style = getComputedStyle(at);
      if (holds(style) || (position === "absolute" && style.position !== "static")) return at;
      at = parentOf(at);
    }
    return null;
  };
  const both = (one, other) =>
    one && other
      ? {
          x: Math.max(one.x, other.x), y: Math.max(one.y, other.y),
          right: Math.min(one.right, other.right), bottom: Math.min(one.bottom, other.bottom),
        }
      : (one ?? other);
  const everything = { x: -Infinity, y: -Infinity, right: Infinity, bottom: Infinity };
  const nothing = { x: 0, y: 0, right: 0, bottom: 0 };
  // That of the body is the window's (CSS Overflow, 3.3), and boxes in a line cut nothing.
  const cuts = (element, style, cutting) => {
    if (/^inset\((?:50|100)%/u.test(style.clipPath)) return nothing;
    const uncut = /^(?:html|body)$/u.test(element.localName) || /^(?:inline|contents)$/u.test(style.display);
    const [sideways, down] = [cutting.test(style.overflowX), cutting.test(style.overflowY)];
    if (uncut || (!sideways && !down)) return null;
    const { x, y, right, bottom } = element.getBoundingClientRect();
    return { ...everything, ...(sideways && { x, right }), ...(down && { y, bottom }) };
  };

  // What can be seen of an element's content: in a pane that scrolls, what is scrolled to.
  const known = new Map();
  const within = (element) => {
    const chain = [];
    let at = element;
    for (; at && !known.has(at); at = around(at)) chain.push(at);
    let clip = at ? known.get(at) : null;
    for (const each of chain.reverse()) {
      clip = both(clip, cuts(each, getComputedStyle(each), /hidden|clip|auto|scroll/u));
      known.set(each, clip);
    }
    return clip;
  };
  // Whether anything of an element can be seen, or scrolled to.
  const shows = (element) => {
    let rect = element.getBoundingClientRect();
    for (let at = around(element); at; at = around(at)) {
      const style = getComputedStyle(at);
      rect = both(rect, cuts(at, style, /hidden|clip/u));
      if (rect.right - rect.x <= 1 || rect.bottom - rect.y <= 1) return false;
      if (/auto|scroll/u.test(style.overflowX + style.overflowY)) rect = at.getBoundingClientRect();
    }
    return true;
  };
  // The part of a rectangle that is seen; null where it is next to nothing of it.
  const seen = (rect, clip) => {
    if (!clip) return rect;
    const x = Math.max(rect.x, clip.x);
    const y = Math.max(rect.y, clip.y);
    const width = Math.min(rect.x + rect.width, clip.right) - x;
    const height = Math.min(rect.y + rect.height, clip.bottom) - y;
    const open = clip.right - clip.x > 1 && clip.bottom - clip.y > 1;
    const enough = width >= Math.min(1, rect.width / 2) && height >= 0.3 * rect.height;
    return open && enough ? { x, y, width, height } : null;
  };
  return { within, shows, seen, both };
}
