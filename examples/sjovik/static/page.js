// What a visitor's browser does on the channels' pages: cookies, endless scrolling, expanders.
"use strict";

const base = document.body.dataset.base;

for (const button of document.querySelectorAll("[data-kakor]")) {
  button.addEventListener("click", () => {
    const path = new URL(base).pathname;
    document.cookie = `sjovik_kakor=${button.dataset.kakor}; path=${path}; max-age=15552000; SameSite=Lax`;
    button.closest(".kakor").remove();
  });
}

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
watchPictures(document);

document.addEventListener("click", async (event) => {
  const button = event.target.closest("button");
  if (button?.matches(".visa-mer")) {
    button.previousElementSibling.classList.remove("kort");
    button.remove();
  } else if (button?.matches(".visa-fler") && !button.disabled) {
    button.disabled = true;
    const answer = await fetch(`${base}_kommentarer?inlagg=${button.dataset.inlagg}`);
    const { html } = await answer.json();
    button.previousElementSibling.insertAdjacentHTML("beforeend", html);
    button.remove();
  }
});

const more = document.querySelector(".fler");
if (more && Number(more.dataset.kvar)) {
  const posts = document.querySelector(".inlaggen");
  let loading = false;
  const fetchMore = async () => {
    if (loading) return;
    loading = true;
    const answer = await fetch(`${base}_inlagg?fran=${more.dataset.nasta}`);
    const { html, kvar } = await answer.json();
    const batch = document.createElement("div");
    batch.innerHTML = html;
    watchPictures(batch);
    more.dataset.nasta = Number(more.dataset.nasta) + batch.childElementCount;
    more.dataset.kvar = kvar;
    posts.append(...batch.children);
    loading = false;
    if (!kvar) {
      more.textContent = "Du har nått det äldsta inlägget.";
      near.disconnect();
    } else {
      near.unobserve(more);
      near.observe(more);
    }
  };
  const near = new IntersectionObserver((seen) => {
    if (seen.some((entry) => entry.isIntersecting)) fetchMore();
  }, { rootMargin: "300px" });
  near.observe(more);
}
