// One pass over the page by viewports, for pictures that load when they come into view, and then
// the wait for every picture, at most `patience` milliseconds.
async ({ patience }) => {
  const end = document.documentElement.scrollHeight;
  const step = Math.max(window.innerHeight, 200);
  // An observer of our own is told in the same frame as the page's: after it, all have been told.
  const frame = () =>
    new Promise((resolve) => {
      new IntersectionObserver((_, own) => {
        own.disconnect();
        resolve();
      }).observe(document.documentElement);
    });
  for (let top = 0; top < end; top += step) {
    window.scrollTo({ top, behavior: "instant" });
    await frame();
  }
  window.scrollTo({ top: 0, behavior: "instant" });
  await frame();
  for (const late of document.querySelectorAll("[loading=lazy]")) late.loading = "eager";
  const loaded = [...document.images]
    .filter((image) => image.currentSrc || image.src)
    .map((image) => image.decode().catch(() => undefined));
  const fonts = document.fonts.ready;
  const late = new Promise((resolve) => setTimeout(resolve, patience));
  await Promise.race([Promise.all([...loaded, fonts]), late]);
}
