// What things are called, and where they lead: for layer.js.
() => {
  const fold = (text) => (text ?? "").replace(/\s+/gu, " ").trim();
  const named = (element) => {
    const ids = (element.getAttribute("aria-labelledby") ?? "").split(/\s+/u).filter(Boolean);
    const root = element.getRootNode();
    const told = ids.map((id) => fold(root.getElementById?.(id)?.textContent)).join(" ");
    return fold(told) || fold(element.getAttribute("aria-label"));
  };
  const described = (element) =>
    named(element) ||
    fold(element.getAttribute("alt")) ||
    fold(element.querySelector?.(":scope > title")?.textContent) ||
    fold(element.getAttribute("title")) ||
    fold(element.closest("figure")?.querySelector("figcaption")?.textContent);
  const ornament = (element) =>
    /^(?:presentation|none)$/u.test(element.getAttribute("role") ?? "") ||
    element.closest("[aria-hidden=true]") !== null;

  // Emoji that are pictures: words, by their alternative text.
  const emoji =
    /^(?:\p{Extended_Pictographic}|\p{Emoji_Modifier}|\p{Regional_Indicator}|[\u200d\ufe0f\u20e3#*0-9]|[\u{e0020}-\u{e007f}])+$/u;
  const isEmoji = (text) => emoji.test(text);

  const web = /^(?:https?|mailto|tel):/u;
  // The absolute address of a link; null where it leads nowhere that a reader can go.
  const addressOf = (link) => {
    const href = typeof link.href === "string" ? link.getAttribute("href") : link.href.baseVal;
    if (href === null || !URL.canParse(href, link.baseURI)) return null;
    const address = new URL(href, link.baseURI).href;
    return web.test(address) ? address : null;
  };
  return { fold, named, described, ornament, isEmoji, addressOf };
}
