// What a visitor's browser does on the channels' pages: cookies, expanders, endless scrolling.
// Loaded before the page's body, so that a button works from the moment that it is seen.
"use strict";

const base = () => document.body.dataset.base;

document.addEventListener("click", async (event) => {
  const button = event.target.closest("button");
  if (button?.matches("[data-kakor]")) {
    const path = new URL(base()).pathname;
    document.cookie = `sjovik_kakor=${button.dataset.kakor}; path=${path}; max-age=15552000; SameSite=Lax`;
    button.closest(".kakor").remove();
  } else if (button?.matches(".visa-mer")) {
    button.previousElementSibling.classList.remove("kort");
    button.remove();
  } else if (button?.matches(".visa-fler") && !button.disabled) {
    button.disabled = true;
    const answer = await fetch(`${base()}_kommentarer?inlagg=${button.dataset.inlagg}`);
    const { html } = await answer.json();
    button.previousElementSibling.insertAdjacentHTML("beforeend", html);
    button.remove();
  }
});

// Pictures that wait with their address until they come near the window.
const pictures = new IntersectionObserver((seen) => {
  for (const { target, isIntersecting } of seen) {
    if (!isIntersecting) continue;
    target.src = target.dataset.src;
    target.classList.remove("sen");
    pictures.unobserve(target);
  }
}, { rootMargin: "200px" });

function watchPictures(within) {
  for (const picture of within.querySelectorAll("img.sen")) pictures.observe(picture);
}

// More posts come when the end of the list is near.
function watchEnd(more, posts) {
  let loading = false;
  const near = new IntersectionObserver(async (seen) => {
    if (loading || !seen.some((entry) => entry.isIntersecting)) return;
    loading = true;
    const answer = await fetch(`${base()}_inlagg?fran=${more.dataset.nasta}`);
    const { html, kvar } = await answer.json();
    const batch = document.createElement("div");
    batch.innerHTML = html;
    watchPictures(batch);
    more.dataset.nasta = Number(more.dataset.nasta) + batch.childElementCount;
    posts.append(...batch.children);
    loading = false;
    near.unobserve(more);
    if (kvar) near.observe(more);
    else more.textContent = "Du har nått det äldsta inlägget.";
  }, { rootMargin: "300px" });
  near.observe(more);
}

document.addEventListener("DOMContentLoaded", () => {
  watchPictures(document);
  const more = document.querySelector(".fler");
  if (more && Number(more.dataset.kvar)) watchEnd(more, document.querySelector(".inlaggen"));
});
