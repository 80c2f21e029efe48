// Runs before any script of the page: takes away what could stop, spoil or misuse a capture.
(() => {
  const nothing = () => undefined;
  window.open = () => null;
  window.print = nothing;
  window.alert = nothing;
  window.confirm = () => false;
  window.prompt = () => null;
  // A page may dress for print; the capture shows it as it stands on the screen.
  for (const name of ["beforeprint", "afterprint", "beforeunload"]) {
    window.addEventListener(name, (event) => event.stopImmediatePropagation(), true);
  }
})();
