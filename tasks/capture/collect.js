// What the page shows, in words: for judging it, for its text and for counting its posts.
({ selector }, { shows }) => {
  const fold = (text) => (text ?? "").replace(/\s+/gu, " ").trim();
  const shown = (element) =>
    element.checkVisibility({ visibilityProperty: true }) && element.getClientRects().length > 0;
  const posts = selector
    ? [...document.querySelectorAll(selector)].filter(
        (post) => !post.parentElement?.closest(selector) && shown(post) && shows(post),
      )
    : [];
  // A picture that has not come may have no size yet; counting pixels are no pictures.
  const arrived = (image) => image.complete && image.naturalWidth > 0;
  const pictures = [...document.images].filter(
    (image) =>
      image.checkVisibility({ visibilityProperty: true }) &&
      (arrived(image) ? image.getBoundingClientRect().width > 1 : image.width !== 1),
  );
  const heading = [...document.querySelectorAll("h1")].map((h) => fold(h.innerText)).join(" ");
  // What asks its reader to log in, as a page does whose reader is not.
  const invitation = /^(?:logga in|log ?in|sign ?in)(?: .{1,30})?$/iu;
  const invites = [...document.querySelectorAll("a, button, [role=button], input[type=submit]")].some(
    (button) =>
      invitation.test(fold(button.innerText || button.value || button.getAttribute("aria-label"))) &&
      shown(button),
  );
  return {
    invites,
    title: fold(document.title),
    heading,
    text: document.body?.innerText ?? "",
    posts: posts.map((post) => [...fold(post.innerText)].slice(0, 400).join("")),
    times: posts.map((post) => post.querySelector("time[datetime]")?.getAttribute("datetime") ?? null),
    links: [...new Set([...document.links].map((link) => link.href))].filter((href) =>
      /^(?:https?|mailto|tel):/u.test(href),
    ),
    images: pictures.length,
    missing: pictures.filter((image) => !arrived(image)).length,
    passwords: [...document.querySelectorAll("input[type=password]")].filter(shown).length,
    frames: [...document.querySelectorAll("iframe, embed, object, video, canvas, svg")].filter(shown)
      .length,
    height: Math.ceil(document.documentElement.scrollHeight),
  };
}
