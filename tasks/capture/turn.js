// The next page of a feed that is parted into pages ("Nästa sida", "Older posts"): its posts are
// fetched and put after the last one, as the feed's own endless scrolling would have done.
// Returns how many came, 0 where there is no next page, -1 where there is one that did not come.
async ({ selector }) => {
  const memory = (window.__kanalarkivPages ??= { at: document, base: location.href, been: [] });
  const outermost = (root) =>
    [...root.querySelectorAll(selector)].filter((post) => !post.parentElement?.closest(selector));
  const marked =
    "a[rel~=next], link[rel~=next], a.next, .next > a, a.wp-block-query-pagination-next, " +
    ".nav-previous a, .pagination-next a";
  const told = /^\W*(?:nästa(?: sida)?|äldre(?: inlägg)?|next(?: page)?|older(?: posts)?)\W*$/iu;
  const plain = (address) => address.href.split("#")[0];
  const candidates = [
    ...memory.at.querySelectorAll(marked),
    ...[...memory.at.querySelectorAll("nav a, [class*=pag] a")].filter((link) =>
      told.test(link.textContent),
    ),
  ];
  const here = plain(new URL(memory.base));
  const next = candidates
    .filter((link) => URL.canParse(link.getAttribute("href") ?? "", memory.base))
    .map((link) => new URL(link.getAttribute("href"), memory.base))
    .find((to) => to.origin === location.origin && plain(to) !== here && !memory.been.includes(plain(to)));
  const [first] = outermost(document);
  if (!next || !first || outermost(document).length < 2) return 0;

  memory.been.push(here, plain(next));
  const answer = await fetch(next, { credentials: "same-origin" }).catch(() => null);
  if (!answer?.ok) return -1;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const posts = outermost(page).filter((post) => !post.id || !document.getElementById(post.id));
  if (posts.length === 0) return -1;
  [memory.at, memory.base] = [page, next.href];
  let last = outermost(document).at(-1);
  for (const post of posts) {
    for (const part of [post, ...post.querySelectorAll("[src], [href]")]) {
      for (const name of ["src", "href"]) {
        const value = part.getAttribute(name);
        if (value && URL.canParse(value, next.href)) part.setAttribute(name, new URL(value, next.href).href);
      }
    }
    last.after(document.adoptNode(post));
    last = post;
  }
  return posts.length;
}
