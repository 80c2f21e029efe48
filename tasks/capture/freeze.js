// Makes a page that lives stand still and whole, and else leaves it as it was: nothing floats over
// the text, nothing is cut off in a pane, nothing moves. Returns short selectors of what was
// changed, for the provenance page.
async ({ selector, consentWords, answers }) => {
  const aboutConsent = new RegExp(consentWords, "iu");
  const answer = new RegExp(`^(?:${answers})$`, "u");
  const [hidden, changed] = [[], []];
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
  const everything = () => {
    const found = [...document.body.querySelectorAll("*")];
    for (const element of found) {
      for (const inner of element.shadowRoot?.querySelectorAll("*") ?? []) found.push(inner);
    }
    return found;
  };
  const parentOf = (element) => element.parentElement ?? element.getRootNode().host ?? null;

  // As the page greets its visitor: headers that hide from one who scrolls are back.
  window.scrollTo({ top: 0, behavior: "instant" });
  await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));

  // An adopted sheet is one that no policy of the page's forbids.
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`*, *::before, *::after { transition: none !important; }
    * { content-visibility: visible !important; scroll-behavior: auto !important;
      scroll-snap-type: none !important; caret-color: transparent !important; }`);
  const roots = everything().map((element) => element.shadowRoot).filter(Boolean);
  for (const root of [document, ...roots]) root.adoptedStyleSheets.push(sheet);
  for (const element of everything()) {
    if (element.localName === "details" && !element.open) {
      element.removeAttribute("name"); // those of one name would close each other
      element.open = true;
    }
    if (element.loading === "lazy") element.loading = "eager";
    if (element instanceof HTMLMediaElement) element.pause();
    if (element instanceof SVGSVGElement) element.pauseAnimations();
    if (element instanceof HTMLMarqueeElement) {
      element.behavior = "alternate"; // it stays within its own edges
      element.stop();
    }
  }

  // 1. What floats. A leftover consent banner is hidden, and a shade over the page. What has a place
  // kept free for it, at the top or in a column beside the text, stands there at the beginning of
  // the page; all else takes its place in the text.
  const [width, height] = [window.innerWidth, window.innerHeight];
  const floating = [];
  for (const element of everything()) {
    const { position, display, backgroundAttachment } = getComputedStyle(element);
    if (backgroundAttachment.includes("fixed")) set(element, { "background-attachment": "scroll" });
    if (display === "none") continue;
    const dialog = element.matches("[role=dialog], [aria-modal=true], dialog[open]");
    if (position !== "fixed" && position !== "sticky" && !dialog) continue;
    const words = element.innerText || element.shadowRoot?.textContent || "";
    floating.push({ element, position, words, rect: element.getBoundingClientRect() });
  }
  const seen = ({ element, rect }) => rect.width > 0 && rect.height > 0 && element.checkVisibility();
  const within = (element, looked) =>
    element.matches(looked) || element.querySelector(looked) !== null;
  const isPost = (element) => selector && within(element, selector);
  const isMenu = (element) => within(element, "header, nav, [role=banner], [role=navigation]");
  const isEmpty = ({ element, words }) =>
    !/\S/u.test(words) && !element.querySelector("img, svg, video, canvas, iframe, input");
  // A column that only links to "Om kakor" asks nothing, and what tells how to reach the body stays.
  const inside = (element, looked) =>
    [element, element.shadowRoot].flatMap((root) => [...(root?.querySelectorAll(looked) ?? [])]);
  const asks = (element) =>
    within(element, "[role=dialog], [role=alertdialog], [aria-modal=true], dialog") ||
    inside(element, "button, [role=button], a, input[type=button], input[type=submit]").some((button) =>
      answer.test((button.innerText || button.value || "").replace(/\s+/gu, " ").trim().toLowerCase()),
    );
  const reaches = (element) => inside(element, "a[href^='tel:' i], a[href^='mailto:' i]").length > 0;
  const isQuestion = ({ element, words }) =>
    words.length < 6000 && aboutConsent.test(words) && asks(element) && !reaches(element) &&
    !isPost(element) && !isMenu(element);
  for (const one of floating) {
    const { element, position, rect } = one;
    if (isQuestion(one)) {
      set(element, { display: "none" });
      hidden.push(name(element));
      continue;
    }
    if (position !== "fixed" && position !== "sticky") continue;
    const fixed = position === "fixed" && seen(one);
    const large = rect.width > width / 2 && rect.height > height / 2;
    const beside = rect.height > height / 2 && (rect.left < 2 || rect.right > width - 2);
    if (seen(one)) changed.push(name(element));
    if (fixed && large && isEmpty(one)) {
      set(element, { display: "none" });
    } else if (fixed && !large && (Math.abs(rect.top) < 2 || beside)) {
      set(element, {
        position: "absolute", top: "0", left: "0", right: "auto", bottom: "auto", height: "auto",
        width: `${rect.width}px`, "min-height": `${rect.height}px`, "box-sizing": "border-box",
      });
      const now = element.getBoundingClientRect();
      set(element, { top: `${rect.top - now.top}px`, left: `${rect.left - now.left}px` });
    } else {
      const narrow = position === "fixed" && element.offsetWidth < width / 2;
      set(element, { position: "relative", inset: "auto", transform: "none" });
      if (narrow) set(element, { width: "fit-content" });
    }
  }

  // 2. Panes that scroll become as tall as what they hold, and so does everything around them. One
  // that was opened may fill another: looked for again until there is none.
  const free = { height: "auto", "max-height": "none", overflow: "visible", contain: "none" };
  const freed = new Set();
  const fields = /^(?:textarea|select|html|body)$/u;
  for (let round = 0; round < 4; round += 1) {
    const panes = everything().filter((element) => {
      if (element.scrollHeight <= element.clientHeight + 4 || element.clientHeight === 0) return false;
      if (fields.test(element.localName) || freed.has(element)) return false;
      return /auto|scroll/u.test(getComputedStyle(element).overflowY);
    });
    if (panes.length === 0) break;
    for (const pane of panes) {
      set(pane, free);
      changed.push(name(pane));
      for (let at = pane; at && at !== document.body && !freed.has(at); at = parentOf(at)) {
        freed.add(at);
        const { position } = getComputedStyle(at);
        if (at !== pane) set(at, free);
        const { display, flexDirection } = getComputedStyle(parentOf(at) ?? at);
        if (/flex/u.test(display) && flexDirection.startsWith("column")) {
          set(at, { "flex-basis": "auto", "flex-shrink": "0" }); // it gave way to its neighbours
        }
        if (position === "absolute" && at !== pane) set(at, { position: "relative", inset: "auto" });
      }
    }
  }

  // 3. What runs on sideways comes back into the column, where it has room there at all.
  const wide = everything().filter(
    (element) =>
      element.scrollWidth > element.clientWidth + 4 && element.clientWidth > 0 &&
      !fields.test(element.localName) && /auto|scroll/u.test(getComputedStyle(element).overflowX),
  );
  for (const element of wide) {
    const before = element.getAttribute("style");
    const { whiteSpace } = getComputedStyle(element);
    set(element, { overflow: "visible", "flex-wrap": "wrap" });
    if (whiteSpace.startsWith("pre") || whiteSpace === "nowrap") {
      set(element, { "white-space": "pre-wrap", "overflow-wrap": "anywhere" });
    }
    if (element.getBoundingClientRect().left + element.scrollWidth > width * 1.5) {
      if (before === null) element.removeAttribute("style");
      else element.setAttribute("style", before);
    } else changed.push(name(element));
  }

  for (const element of [document.documentElement, document.body]) {
    set(element, { height: "auto", "max-height": "none", overflow: "visible" });
    if (/fixed|absolute/u.test(getComputedStyle(element).position)) set(element, { position: "static" });
  }
  return { hidden: [...new Set(hidden)], changed: [...new Set(changed)] };
}
