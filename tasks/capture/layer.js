// Every word that the page shows, with its place, and what it means: headings, lists, figures, links
// and posts, in reading order (the flat tree's). Rules of what is shown are innerText's (HTML,
// 3.2.7), less what is cut away by what stands around it and so is in no picture; added are what innerText leaves out: shadow trees, frames of the page's own, fields, words
// that style sheets put in, and emoji that are pictures. layer.py reads the answer.
({ selector }, { union, plain, onOneLine, inner }, names, { within, shows, seen, both }) => {
  const { fold, named, described, ornament, isEmoji, addressOf } = names;
  const blocks = [];
  const words = []; // text, spaced, link, x, y, width, height
  const targets = [];
  const pictures = [];
  const missed = []; // what innerText has and nobody sees: choices not made, words cut away
  const heard = []; // what innerText has, in order: whether it is missed, and the words
  const graphemes = new Intl.Segmenter("sv", { granularity: "grapheme" });
  const pen = new OffscreenCanvas(1, 1).getContext("2d");
  const round = (number) => Math.round(number * 100) / 100;
  const inline = /^(?:inline|contents|ruby|ruby-text|none$)/u;

  const outermost = selector
    ? [...document.querySelectorAll(selector)].filter(
        (post) =>
          !post.parentElement?.closest(selector) &&
          post.checkVisibility({ visibilityProperty: true }) &&
          post.getClientRects().length > 0 &&
          shows(post),
      )
    : [];
  const posts = new Map(outermost.map((post, number) => [post, number]));

  let block = null; // open: words of the same stretch go on in it
  let stretch = 0; // changes where a block-level box begins or ends
  let space = true; // white space, or an edge, before the next word
  let waiting = []; // figures in the midst of a paragraph stand after it
  let last = null;

  const close = () => {
    block = null;
    stretch += 1;
    space = true;
    for (const figure of waiting.splice(0)) blocks.push(figure);
  };
  const target = (link) => {
    if (!link) return -1;
    if (link.number < 0) {
      link.number = targets.length;
      targets.push(link);
    }
    return link.number;
  };
  const opened = (at) => {
    if (block?.stretch === stretch && block.post === at.post) return block;
    const kind = at.kind === "li" && at.item.begun ? "p" : at.kind;
    if (at.kind === "li") at.item.begun = true;
    block = { kind, post: at.post, alt: "", link: -1, words: [], box: null, stretch };
    blocks.push(block);
    return block;
  };
  const apart = (rect) => {
    if (!last || space) return true;
    const sameLine = rect.y < last.y + last.height && last.y < rect.y + rect.height;
    if (!sameLine) return !last.wraps;
    return rect.x > last.x + last.width + rect.height * 0.2;
  };
  const write = (text, rect, at, joined) => {
    const into = opened(at);
    if (into.words.length > 0 && !joined) {
      const before = words[into.words.at(-1)];
      before[1] = apart(rect) ? 1 : 0;
    }
    const [x, y] = [rect.x + at.dx, rect.y + at.dy];
    into.words.push(words.length);
    words.push([text, 1, target(at.link), x, y, rect.width, rect.height]);
    if (joined) words[into.words.at(-2)][1] = 0;
    if (at.link) at.link.text += (space && at.link.text ? " " : "") + text;
    last = { ...rect, wraps: at.flows };
    space = false;
  };
  const draw = (element, alt, rect, at, waits) => {
    if (at.link) at.link.alts += ` ${alt}`;
    const figure = {
      kind: "figure",
      post: at.post,
      alt,
      link: target(at.link),
      words: [],
      box: [rect.x + at.dx, rect.y + at.dy, rect.width, rect.height],
    };
    if (block?.stretch === stretch && waits) waiting.push(figure);
    else {
      close();
      blocks.push(figure);
    }
  };

  const hear = (text, unseen) => {
    if (unseen) missed.push(text);
    if (heard.at(-1)?.[0] === unseen) heard.at(-1)[1].push(text);
    else heard.push([unseen, [text]]);
  };
  const inView = (rect, at) => seen(rect, at.clip) !== null;
  // A word that is broken over lines becomes as many, parted between graphemes.
  const part = (range, node, from, word, rects, upright) => {
    if (rects.every((rect) => onOneLine(rects[0], rect, upright))) return [[word, union(rects)]];
    const parts = [];
    for (const { segment, index } of graphemes.segment(word)) {
      range.setStart(node, from + index);
      range.setEnd(node, from + index + segment.length);
      const own = [...range.getClientRects()].filter((r) => r.width > 0 || r.height > 0);
      const rect = own.length > 0 ? plain(own.at(-1)) : null;
      const before = parts.at(-1);
      if (!before) parts.push([segment, rect]);
      else if (!rect || !before[1] || onOneLine(before[1], rect, upright)) {
        before[0] += segment;
        before[1] = rect && before[1] ? union([before[1], rect]) : (before[1] ?? rect);
      } else parts.push([segment, rect]);
    }
    return parts.map(([text, rect]) => [text, rect ?? plain(rects[0])]);
  };

  const cased = (text, at) => {
    if (at.transform.includes("uppercase")) return text.toLocaleUpperCase(at.lang || undefined);
    if (at.transform.includes("lowercase")) return text.toLocaleLowerCase(at.lang || undefined);
    if (at.transform.includes("capitalize")) {
      return text.replace(/(^|[^\p{L}\p{M}\p{N}'’_])(\p{L})/gu, (_, before, letter) =>
        before + letter.toLocaleUpperCase(at.lang || undefined),
      );
    }
    return text;
  };

  const read = (node, at) => {
    const { data } = node;
    const found = [...data.matchAll(/\S+/gu)];
    if (found.length === 0) {
      if (data.length > 0) space = true;
      return;
    }
    const range = at.range;
    range.selectNodeContents(node);
    if (range.getClientRects().length === 0) return;
    if (/^\s/u.test(data)) space = true;
    const own = node.getRootNode() === document; // innerText knows no shadow trees and no frames
    for (const { 0: word, index } of found) {
      range.setStart(node, index);
      range.setEnd(node, index + word.length);
      const rects = [...range.getClientRects()];
      if (rects.length > 0) {
        const pieces = rects.length === 1
          ? [[word, rects[0]]]
          : part(range, node, index, word, rects.map(plain), at.upright);
        pieces.forEach(([text, rect], number) => {
          const shown = seen(rect, at.clip);
          if (shown) write(cased(text, at), plain(shown), at, number > 0);
          if (own) hear(cased(text, at), !shown);
        });
      }
      if (index + word.length < data.length) space = true;
    }
  };

  // Words whose places nobody tells, those of fields and of style sheets: laid out as wide as they
  // are, in a box that is known.
  const lay = (text, style, box, at, middle) => {
    if (!inView(box, at)) return;
    pen.font = style.font || `${style.fontSize} ${style.fontFamily}`;
    const size = parseFloat(style.fontSize) || 16;
    const line = parseFloat(style.lineHeight) || size * 1.2;
    const gap = pen.measureText(" ").width;
    const room = box.y + box.height - line;
    let y = box.y;
    space = true;
    for (const row of text.split("\n")) {
      const whole = pen.measureText(row).width;
      let x = middle ? box.x + Math.max(0, (box.width - whole) / 2) : box.x;
      x += pen.measureText(/^\s*/u.exec(row)[0]).width;
      for (const word of row.match(/\S+/gu) ?? []) {
        const { width } = pen.measureText(word);
        if (x > box.x && x + width > box.x + box.width && y + line <= room) {
          [x, y] = [box.x, y + line];
        }
        write(cased(word, at), { x, y, width, height: line }, at, false);
        space = true;
        x += width + gap;
      }
      y = Math.min(y + line, Math.max(room, box.y));
    }
  };
  const field = (element, style, at) => {
    const box = inner(element, style);
    if (box.width <= 0 || box.height <= 0) return;
    const line = Math.min(parseFloat(style.lineHeight) || parseFloat(style.fontSize) * 1.2, box.height);
    const single = { ...box, y: box.y + (box.height - line) / 2, height: line };
    if (element.localName === "select") {
      const chosen = [...element.selectedOptions].map((option) => option.label).join(" ");
      if (element.getRootNode() === document) {
        for (const option of element.options) hear(option.text, !option.selected);
      }
      lay(chosen, style, { ...single, x: single.x + 4 }, at, false); // the arrow's own padding
    } else if (element.localName === "textarea") {
      lay(element.value || element.placeholder, style, box, at, false);
    } else if (/^(?:submit|button|reset)$/u.test(element.type)) {
      lay(element.value, style, single, at, true);
    } else if (/^(?:text|search|email|tel|url|number|date|time|month|week|datetime-local)$/u.test(element.type)) {
      lay(element.value || element.placeholder, style, single, at, false);
    }
  };
  const added = (element, which, at) => {
    const style = getComputedStyle(element, which);
    const { content } = style;
    if (!content || content === "none" || content === "normal" || style.visibility !== "visible") return;
    const text = [...content.matchAll(/"((?:[^"\\]|\\.)*)"/gu)]
      .map((match) => match[1].replace(/\\([0-9a-f]{1,6}) ?/giu, (_, code) => String.fromCodePoint(parseInt(code, 16))).replace(/\\(.)/gu, "$1"))
      .join("");
    if (!/[\p{L}\p{N}]/u.test(text) || style.display === "none") return;
    const rects = element.getClientRects();
    if (rects.length === 0) return;
    const rect = which === "::before" ? rects[0] : rects[rects.length - 1];
    pen.font = style.font || `${style.fontSize} ${style.fontFamily}`;
    const width = Math.min(pen.measureText(text).width, rect.width || Infinity);
    const height = Math.min(parseFloat(style.fontSize) * 1.2, rect.height || Infinity);
    const [left, top] = [parseFloat(style.left), parseFloat(style.top)];
    const loose = style.position === "absolute" && Number.isFinite(left) && Number.isFinite(top);
    const follows = which === "::after" && block?.stretch === stretch && last &&
      last.y >= rect.y - 1 && last.y < rect.bottom;
    const box = loose
      ? { x: rect.x + left, y: rect.y + top, width, height }
      : which === "::before"
        ? { x: rect.x, y: rect.y, width, height }
        : follows
          ? { x: last.x + last.width, y: last.y, width, height: last.height }
          : { x: rect.right - width, y: rect.bottom - height, width, height };
    lay(text, style, box, { ...at, transform: style.textTransform }, false);
  };

  const picture = (element, style, at) => {
    const rect = element.getBoundingClientRect();
    if (rect.width <= 1 || rect.height <= 1 || !inView(rect, at)) return;
    const [x, y] = [rect.x, rect.y];
    const size = parseFloat(style.fontSize) || 16;
    const alt = element.getAttribute("alt") ?? "";
    if (element.localName === "img" && rect.height < 2.5 * size && alt && isEmoji(alt)) {
      write(alt, plain(rect), { ...at, flows: true }, false);
      return;
    }
    pictures.push(y + at.dy, y + at.dy + rect.height);
    const small = rect.width <= 64 && rect.height <= 64;
    const silent = element.localName === "svg"
      ? !(element.getAttribute("role") === "img" || described(element))
      : small && !described(element);
    if (silent || ornament(element)) return;
    draw(element, described(element), { x, y, width: rect.width, height: rect.height }, at,
      inline.test(style.display));
  };

  const isPicture = /^(?:img|svg|video|canvas|object|embed)$/u;
  const isField = /^(?:input|textarea|select)$/u;
  const entered = (element, style, at) => {
    const role = element.getAttribute("role");
    const name = element.localName;
    let { kind, item } = at;
    if (posts.has(element)) [kind, item] = ["p", null];
    else if (/^h[1-6]$/u.test(name) && (!role || role === "heading")) kind = name;
    else if (role === "heading") {
      const level = Number.parseInt(element.getAttribute("aria-level"), 10) || 2;
      kind = `h${Math.min(6, Math.max(1, level))}`;
    } else if ((name === "li" && !role) || role === "listitem") [kind, item] = ["li", { begun: false }];
    else if (/^(?:article|section|main|nav|table|ul|ol|dl)$/u.test(name) && kind === "li") kind = "p";
    return {
      ...at,
      kind,
      item,
      post: posts.get(element) ?? at.post,
      shown: style.visibility === "visible",
      clip: both(at.view, within(element)),
      transform: style.textTransform,
      lang: element.lang || at.lang,
      upright: style.writingMode !== "horizontal-tb",
      flows: /^(?:inline|contents)$/u.test(style.display) || !inline.test(style.display),
    };
  };
  const left = (element, style, at, outer) => {
    if (at.link && at.link !== outer.link) {
      const rect = element.getBoundingClientRect();
      if (at.link.number < 0 && at.shown && rect.width > 1 && rect.height > 1 && inView(rect, at)) {
        const label = named(element) || fold(element.title) || fold(element.textContent);
        draw(element, label || at.link.address, plain(rect), at, inline.test(style.display));
      }
    }
  };
  const children = (element) => {
    if (element.localName === "details" && !element.open) {
      return [...element.children].filter((child) => child.localName === "summary").slice(0, 1);
    }
    if (element.shadowRoot) return element.shadowRoot.childNodes;
    if (element.localName === "slot") {
      const assigned = element.assignedNodes();
      if (assigned.length > 0) return assigned;
    }
    return element.childNodes;
  };
  const viewOf = (frame, x, y, clip) =>
    both(
      { x: 0, y: 0, right: frame.clientWidth, bottom: frame.clientHeight },
      { x: clip.x - x, y: clip.y - y, right: clip.right - x, bottom: clip.bottom - y },
    );
  const framed = (frame, at) => {
    const document = frame.contentDocument;
    const rect = frame.getBoundingClientRect();
    if (rect.width <= 1 || rect.height <= 1) return null;
    if (!document?.body?.firstChild) {
      picture(frame, getComputedStyle(frame), at);
      return null;
    }
    pictures.push(rect.y + at.dy, rect.bottom + at.dy);
    return {
      ...at,
      range: document.createRange(),
      view: viewOf(frame, rect.x + frame.clientLeft, rect.y + frame.clientTop, at.clip),
      dx: at.dx + rect.x + frame.clientLeft,
      dy: at.dy + rect.y + frame.clientTop,
    };
  };

  // Pages written from the right begin left of where they are first shown.
  window.scrollTo({ left: -1e7, top: 0, behavior: "instant" });
  const start = -window.scrollX;
  const whole = document.documentElement.scrollWidth;
  const width = Math.min(whole, 2 * window.innerWidth); // wider, nobody could read it on a sheet
  const begins = start > 0 ? whole - width : 0;
  window.scrollTo({ left: 0, top: 0, behavior: "instant" });
  // What lies above the page or before it, nobody can scroll to.
  const view = { x: -start, y: -window.scrollY, right: Infinity, bottom: Infinity };
  const outside = {
    kind: "p", item: null, post: -1, link: null, shown: true, transform: "none",
    lang: document.documentElement.lang, upright: false, flows: true, view, clip: view,
    dx: start - begins, dy: window.scrollY, range: document.createRange(),
  };
  // A stack of our own: a page may be nested deeper than a script may call itself.
  const stack = document.body ? [{ node: document.body, at: outside }] : [];
  const goInto = (nodes, at) => {
    for (let n = nodes.length - 1; n >= 0; n -= 1) stack.push({ node: nodes[n], at });
  };
  while (stack.length > 0) {
    const { node, at, leave } = stack.pop();
    if (leave) {
      leave();
      continue;
    }
    if (node.nodeType === Node.TEXT_NODE) {
      if (at.shown) read(node, at);
      continue;
    }
    if (node.nodeType !== Node.ELEMENT_NODE || node.localName === "noscript") continue;
    const style = getComputedStyle(node);
    if (style.display === "none") continue;
    if (node.localName === "br") {
      space = true;
      continue;
    }
    const formula = node.namespaceURI === "http://www.w3.org/1998/Math/MathML";
    const blockLevel = !inline.test(style.display) && !formula;
    if (blockLevel) close();
    let own = entered(node, style, at);
    const address = node.localName === "a" ? addressOf(node) : null;
    if (address) own = { ...own, link: { address, element: node, number: -1, text: "", alts: "" } };
    if (isPicture.test(node.localName) || (node.localName === "input" && node.type === "image")) {
      own.range.selectNodeContents(node);
      const instead = node.localName === "object" && own.range.getClientRects().length > 0;
      if (own.shown && !instead) picture(node, style, own);
      if (!/^(?:svg|object)$/u.test(node.localName)) continue; // these may hold words
    } else if (isField.test(node.localName)) {
      if (own.shown) field(node, style, own);
      continue;
    } else if (/^i?frame$/u.test(node.localName)) {
      const within = own.shown ? framed(node, own) : null;
      if (!within) continue;
      close();
      stack.push({ leave: close });
      goInto([node.contentDocument.body], within);
      continue;
    }
    if (own.shown) added(node, "::before", own);
    stack.push({
      leave: () => {
        if (own.shown) added(node, "::after", own);
        left(node, style, own, at);
        if (blockLevel) close();
      },
    });
    if (style.contentVisibility !== "hidden") goInto(children(node), own);
  }
  close();

  const label = (link) =>
    named(link.element) || fold(link.text) || fold(link.alts) || fold(link.element.getAttribute("title")) || link.address;
  const order = blocks.flatMap((each) => each.words);
  return JSON.stringify({
    blocks: blocks.map(({ kind, post, alt, link, words: held, box }) => [kind, post, alt, link, held.length, box?.map(round) ?? null]),
    texts: order.map((n) => words[n][0]),
    spaced: order.map((n) => words[n][1]).join(""),
    links: order.map((n) => words[n][2]),
    boxes: order.flatMap((n) => words[n].slice(3).map(round)),
    targets: targets.map((link) => [link.address, label(link)]),
    posts: outermost.map((post) => round(post.getBoundingClientRect().top + window.scrollY)),
    pictures: pictures.map(round),
    missed: missed.join(" "),
    heard: heard.map(([unseen, texts]) => [unseen, texts.join(" ")]),
    window: window.innerHeight,
    left: begins,
    width,
    height: document.documentElement.scrollHeight,
  });
}
