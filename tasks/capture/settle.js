// One look at the page, and one push: called again and again by settling.py until nothing moves.
// Returns what was pressed, by the number of its rule, and how large the page has become. Runs in a
// world of its own, where no script of the page's can change the answer. Each call rests until something
// changes in the page, at most `rest` milliseconds, and pushes on at once if something did: a feed
// need not wait for us to hear of its last batch before it fetches the next. `again`: a button that
// loads more may be pressed again, since the page is at rest; `nudge`: feeds that listen to movement
// are to feel some.
async ({ selector, declines, expanders, consentWords, rest, nudge, again, scroll, newest }) => {
  // A document that has just come has nothing in it yet, not even its root.
  for (let tries = 0; !document.documentElement && tries < 200; tries += 1) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  const memory = (window.__kanalarkiv ??= {
    pressed: new WeakMap(),
    posts: new WeakMap(),
    begun: new Set(),
    refused: [],
    panes: [],
    seen: -1,
    changed: () => undefined,
  });
  if (!memory.observer) {
    memory.observer = new MutationObserver(() => memory.changed());
    memory.observer.observe(document, { childList: true, subtree: true, characterData: true });
  }
  const fold = (text) => (text ?? "").replace(/\s+/gu, " ").trim().toLowerCase();
  const compiled = (rules) =>
    rules.map((rule, number) => ({ ...rule, number, regex: new RegExp(`^(?:${rule.pattern})$`, "u") }));
  const [refusals, openers] = [compiled(declines), compiled(expanders)];
  const aboutConsent = new RegExp(consentWords, "u");
  const shown = (element) =>
    element.checkVisibility({ visibilityProperty: true }) && element.getClientRects().length > 0;

  let roots = [document];
  const look = () => {
    const elements = document.getElementsByTagName("*");
    if (elements.length !== memory.seen) {
      memory.seen = elements.length;
      memory.panes = [];
      memory.shadows = [];
      for (const element of elements) {
        if (element.shadowRoot) memory.shadows.push(element.shadowRoot);
        if (element.scrollHeight > element.clientHeight + 20 && element.clientHeight > 100) {
          const { overflowY } = getComputedStyle(element);
          if (/auto|scroll/u.test(overflowY) && element.tagName !== "TEXTAREA") {
            memory.panes.push(element);
          }
        }
      }
    }
    roots = [document, ...memory.shadows];
  };

  // 1. Press: refusals of cookies where a banner speaks of them, and what shows more.
  const speaksOfConsent = (button) => {
    if (aboutConsent.test(fold(button.innerText))) return true;
    for (let at = button, steps = 0; at && steps < 8; steps += 1) {
      at = at.parentElement ?? at.getRootNode().host;
      const text = at ? at.innerText : "";
      if (text && text.length < 4000 && aboutConsent.test(fold(text))) return true;
    }
    return false;
  };
  const leads = (button) => {
    const link = button.closest("a[href]");
    return link !== null && !/^(?:#|javascript:|$)/u.test(link.getAttribute("href").trim());
  };
  const height = () =>
    Math.max(document.documentElement.scrollHeight, ...memory.panes.map((p) => p.scrollHeight));
  let [tall, resting] = [0, again];
  const pressed = [];
  // A press before the page's script was ready does nothing: what stands around the button tells.
  const around = (button) => {
    const container = (selector && button.closest(selector)) || button.parentElement?.parentElement;
    return container ? `${container.innerHTML.length} ${container.offsetHeight}` : "";
  };
  const press = (button, rule, kind) => {
    const before = memory.pressed.get(button);
    if (before !== undefined) {
      if (!resting) return;
      const grown = rule.again && tall > before.tall && before.times < 200;
      const idle = before.times < 3 && before.around === around(button);
      if (!grown && !idle) return;
    }
    const times = (before?.times ?? 0) + 1;
    memory.pressed.set(button, { tall, times, around: around(button) });
    pressed.push([kind, rule.number]);
    if (kind === "consent") memory.refused.push(button);
    button.click();
  };
  // Whether a refusal that was pressed is still there to be pressed.
  memory.standing = () =>
    memory.refused.some((button) => {
      if (!shown(button) || !button.checkVisibility({ opacityProperty: true })) return false;
      const { left, right, top, bottom } = button.getBoundingClientRect();
      const fixed = right > 0 && left < innerWidth && bottom + scrollY > 0;
      return fixed && top < Math.max(innerHeight, height() - scrollY);
    });
  memory.since ??= Date.now();
  const awake = () => document.readyState === "complete" || again || Date.now() - memory.since > 3000;
  const pressable = "button, [role=button], a, input[type=button], input[type=submit]";
  const pressAll = () => {
    for (const root of roots) {
      for (const button of awake() ? root.querySelectorAll(pressable) : []) {
        const text = fold(button.innerText || button.value || button.getAttribute("aria-label"));
        if (text.length < 4 || text.length > 60 || button.disabled || leads(button)) continue;
        const refusal = refusals.find((rule) => rule.regex.test(text));
        if (refusal) {
          if (shown(button) && speaksOfConsent(button)) press(button, refusal, "consent");
          continue;
        }
        if (button.getAttribute("aria-expanded") === "true") continue;
        if (button.form && button.type === "submit" && button.form.method === "post") continue;
        const opener = openers.find((rule) => rule.regex.test(text));
        if (opener && shown(button)) press(button, opener, "expander");
      }
    }
  };

  // 2. Open what is folded and ask for the pictures that wait.
  const unfold = () => {
    for (const folded of document.querySelectorAll("details:not([open])")) {
      if (memory.pressed.has(folded)) continue;
      memory.pressed.set(folded, {});
      folded.removeAttribute("name"); // those of one name would close each other
      folded.open = true;
      pressed.push(["folded", 0]);
    }
    for (const late of document.querySelectorAll("[loading=lazy]")) late.loading = "eager";
  };

  // 3. To the end of the page and of every pane; or back to the top, where no more is wanted.
  let ends = [];
  const toTheEnd = () => {
    ends = [document.scrollingElement ?? document.documentElement, ...memory.panes];
    for (const end of ends) {
      if (nudge && resting && scroll) end.scrollTop -= 300;
      end.scrollTop = scroll ? end.scrollHeight : 0;
    }
  };

  const push = () => {
    look();
    tall = height();
    pressAll();
    unfold();
    toTheEnd();
    resting = false;
  };
  push();

  // 4. Rest until something changes.
  const moved = await new Promise((resolve) => {
    memory.changed = () => resolve(true);
    setTimeout(() => resolve(false), rest);
  });
  memory.changed = () => undefined;
  if (moved) push();

  // 5. Which posts were there once: a feed that forgets holds a few at a time.
  const outermost = () =>
    selector
      ? [...document.querySelectorAll(selector)].filter(
          (post) => !post.parentElement?.closest(selector),
        )
      : [];
  const beginning = (post) => {
    const texts = document.createTreeWalker(post, NodeFilter.SHOW_TEXT);
    let text = "";
    while (text.length < 200 && texts.nextNode()) {
      const { data, parentElement } = texts.currentNode;
      if (!/^(?:script|style)$/u.test(parentElement.localName)) text += `${data} `;
    }
    return fold(text).slice(0, 80);
  };
  const timeOf = (post) => post.querySelector("time[datetime]")?.getAttribute("datetime") ?? null;
  const wordless = (text) => text.replace(/[^\p{L}]/gu, "");
  // A post whose text has changed is another one if it tells another time or, telling none, begins
  // with other words: numbers alone ("3 minuter sedan") change by themselves.
  const isAnother = (before, text, time) => {
    if (before.text.length < 20) return false; // "Laddar …" was none yet
    if (before.time || time) return before.time !== time;
    return wordless(before.text).slice(0, 20) !== wordless(text).slice(0, 20);
  };
  memory.forgotten = () => {
    const here = new Set();
    for (const post of outermost()) {
      const text = beginning(post);
      if (!text) continue;
      const [before, time] = [memory.posts.get(post), timeOf(post)];
      here.add(text);
      if (before?.text === text) continue;
      if (before && !isAnother(before, text, time)) memory.begun.delete(before.text);
      memory.begun.add(text);
      memory.posts.set(post, { text, time });
    }
    return [...memory.begun].filter((text) => !here.has(text)).length;
  };
  const posts = outermost();
  memory.forgotten();
  return {
    ready: document.readyState !== "loading",
    pressed,
    posts: posts.length,
    last: posts.slice(-newest).map(timeOf),
    height: height(),
    shape: [document.getElementsByTagName("*").length, ...ends.map((e) => e.scrollHeight)].join(),
  };
}
