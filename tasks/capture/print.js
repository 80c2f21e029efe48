// Lays the page out for paper: nothing floats above the text, nothing is cut off in a pane, nothing
// moves. Returns short selectors of what was changed, for the provenance page.
({ selector, consentWords, pageHeight }) => {
  const aboutConsent = new RegExp(consentWords, "iu");
  const [hidden, loosened, opened, plain] = [[], [], [], []];
  const name = (element) => {
    const part = [...element.classList].find((c) => /^[a-z][\w-]{1,30}$/iu.test(c));
    const id = /^[a-z][\w-]{1,30}$/iu.test(element.id) ? `#${element.id}` : "";
    return `${element.localName}${id || (part ? `.${part}` : "")}`;
  };
  const set = (element, rules) => {
    for (const [key, value] of Object.entries(rules)) {
      element.style.setProperty(key, value, "important");
    }
  };
  const follows = (one, other) =>
    Boolean(one.compareDocumentPosition(other) & Node.DOCUMENT_POSITION_FOLLOWING);
  const isPost = (element) =>
    selector && (element.matches(selector) || element.querySelector(selector));

  // Movement ends where it was going; what goes round for ever stands still.
  for (const animation of document.getAnimations()) {
    try {
      animation.finish();
    } catch {
      animation.pause();
    }
  }

  // What came after the last look at the page still waits to be seen; it need wait no longer.
  for (const late of document.querySelectorAll("[loading=lazy]")) late.loading = "eager";

  // Elements that float: a leftover consent banner is hidden, the rest takes its place in the text.
  for (const element of document.body.querySelectorAll("*")) {
    const { position, display } = getComputedStyle(element);
    if (display === "none") continue;
    const dialog = element.matches("[role=dialog], [aria-modal=true], dialog[open]");
    if (position !== "fixed" && position !== "sticky" && !dialog) continue;
    const words = element.innerText ?? element.shadowRoot?.textContent ?? "";
    if (words.length < 6000 && aboutConsent.test(words) && !isPost(element)) {
      set(element, { display: "none" });
      hidden.push(name(element));
    } else if (position === "fixed" || position === "sticky") {
      const narrow = position === "fixed" && element.offsetWidth < window.innerWidth / 2;
      set(element, { position: "relative", inset: "auto", transform: "none" });
      if (narrow) set(element, { width: "fit-content" });
      if (element.getClientRects().length > 0) loosened.push(name(element));
    }
  }

  // Panes that scroll become as tall as what they hold, and so does everything around them.
  const free = { height: "auto", "max-height": "none", overflow: "visible", contain: "none" };
  for (const element of [...document.body.querySelectorAll("*")].reverse()) {
    if (element.scrollHeight <= element.clientHeight + 4 || element.tagName === "TEXTAREA") continue;
    const { overflowY, display } = getComputedStyle(element);
    if (display === "none" || !/auto|scroll/u.test(overflowY)) continue;
    set(element, free);
    opened.push(name(element));
    for (let at = element.parentElement; at && at !== document.body; at = at.parentElement) {
      const style = getComputedStyle(at);
      set(at, { ...free, "min-height": "0" });
      if (style.position === "absolute") set(at, { position: "relative", inset: "auto" });
    }
  }
  // What runs on sideways comes back into the column, and words that a filter would turn into a
  // picture of words stay words.
  for (const element of document.body.querySelectorAll("*")) {
    const style = getComputedStyle(element);
    if (element.scrollWidth > element.clientWidth + 4 && /auto|scroll/u.test(style.overflowX)) {
      set(element, { overflow: "visible", "flex-wrap": "wrap" });
      if (style.whiteSpace.startsWith("pre") || style.whiteSpace === "nowrap") {
        set(element, { "white-space": "pre-wrap", "overflow-wrap": "anywhere" });
      }
      opened.push(name(element));
    }
    // A blurred shadow would be printed as a picture, four times the time and twice the bytes.
    if (style.boxShadow !== "none") set(element, { "box-shadow": "0 0 0 1px rgb(0 0 0 / .12)" });
    if (style.textShadow !== "none") set(element, { "text-shadow": "none" });
    const painted = [style.filter, style.backdropFilter, style.maskImage].some((v) => v !== "none");
    if ((painted || style.mixBlendMode !== "normal") && /\S/u.test(element.textContent)) {
      set(element, { filter: "none", "backdrop-filter": "none", "mix-blend-mode": "normal" });
      set(element, { "mask-image": "none" });
      plain.push(name(element));
    }
  }
  set(document.documentElement, { height: "auto", "max-height": "none", overflow: "visible" });
  set(document.body, { height: "auto", "max-height": "none", overflow: "visible" });
  if (getComputedStyle(document.body).position !== "static") {
    set(document.body, { position: "static" });
  }

  const sheet = document.createElement("style");
  sheet.textContent = `
    * { content-visibility: visible !important; scroll-behavior: auto !important;
        transition: none !important; caret-color: transparent !important; }
    *::before, *::after { box-shadow: none !important; text-shadow: none !important; }
    p, li, h1, h2, h3 { orphans: 2; widows: 2; }
    h1, h2, h3, h4 { break-after: avoid; }
    img, figure, picture, video, svg, footer, header, nav, [role=contentinfo], p, li, blockquote,
    tr { break-inside: avoid; }
    [data-kanalarkiv-whole] { break-inside: avoid !important; }
    @page { size: A4 !important; }`;
  document.head.append(sheet);

  // Chromium loses whole boxes when it cuts a grid or flex column between sheets (seen with 156), so
  // every such column around posts becomes plain blocks that stand where they stood.
  const posts = selector
    ? [...document.querySelectorAll(selector)].filter((p) => !p.parentElement?.closest(selector))
    : [];
  const around = new Set();
  for (const post of posts) {
    for (let at = post.parentElement; at && !around.has(at); at = at.parentElement) around.add(at);
  }
  for (const column of [...around].reverse()) {
    const style = getComputedStyle(column);
    if (!/grid|flex/u.test(style.display)) continue;
    const boxes = [...column.children]
      .map((child) => ({ child, look: getComputedStyle(child), at: child.getBoundingClientRect() }))
      .filter(({ look }) => look.display !== "none" && !/absolute|fixed/u.test(look.position))
      .sort((one, other) => one.at.top - other.at.top);
    const single = boxes.every(({ at }, n) => n === 0 || at.top >= boxes[n - 1].at.bottom - 2);
    const inOrder = boxes.every(({ child }, n) => n === 0 || follows(boxes[n - 1].child, child));
    if (!single || !inOrder) continue;
    const edge = column.getBoundingClientRect().left + parseFloat(style.paddingLeft) +
      parseFloat(style.borderLeftWidth);
    const rules = boxes.map(({ look, at }, n) => ({
      display: look.display,
      "box-sizing": "border-box",
      width: `${at.width}px`,
      margin: `0 0 ${n + 1 < boxes.length ? Math.max(0, boxes[n + 1].at.top - at.bottom) : 0}px ` +
        `${Math.max(0, at.left - edge)}px`,
    }));
    boxes.forEach(({ child }, n) => set(child, rules[n]));
    set(column, { display: "block" });
  }

  // A post that has room on one sheet is not split between two, unless that would leave more than
  // two fifths of a sheet empty; then it is split between its paragraphs.
  let [at, below] = [0, 0];
  for (const post of posts) {
    const { top, bottom, height } = post.getBoundingClientRect();
    at = (at + Math.max(0, top + window.scrollY - below)) % pageHeight;
    below = bottom + window.scrollY;
    const left = pageHeight - at;
    if (height < pageHeight && (height <= left || left < pageHeight * 0.4)) {
      post.setAttribute("data-kanalarkiv-whole", "");
      at = height <= left ? at + height : height;
    } else {
      at = (at + height) % pageHeight;
    }
  }
  window.scrollTo(0, 0);
  return { hidden, loosened, opened, plain };
}
