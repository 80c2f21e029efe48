// Runs before any script of the page: takes away what could stop, spoil or misuse a capture.
(() => {
  const nothing = () => undefined;
  window.open = () => null;
  window.print = nothing;
  window.alert = nothing;
  window.confirm = () => false;
  window.prompt = () => null;
  // Ways to the network that no guard of ours sees.
  for (const way of ["RTCPeerConnection", "webkitRTCPeerConnection", "WebTransport", "SharedWorker"]) {
    delete window[way];
  }
  // A page may dress for print; the capture shows it as it stands on the screen.
  for (const name of ["beforeprint", "afterprint", "beforeunload"]) {
    window.addEventListener(name, (event) => event.stopImmediatePropagation(), true);
  }
  // Nothing opens a window: neither a link nor a form, whoever presses it.
  const opens = (element) => {
    const target = element.getAttribute("target") ?? document.querySelector("base")?.target ?? "";
    const frame = [...document.querySelectorAll("iframe")].some((one) => one.name === target);
    return target !== "" && !frame && !/^_(?:self|parent|top)$/iu.test(target);
  };
  const { submit } = HTMLFormElement.prototype;
  HTMLFormElement.prototype.submit = function submitHere() {
    if (!opens(this)) submit.call(this);
  };
  const { click } = HTMLElement.prototype;
  HTMLElement.prototype.click = function clickHere() {
    if (this.isConnected || !this.matches("a, area") || !opens(this)) click.call(this);
  };
  const stay = (event) => {
    const leads = event.composedPath().find((at) => at.matches?.("a, area, form"));
    if (leads && opens(leads)) event.preventDefault();
  };
  for (const name of ["click", "auxclick", "submit"]) window.addEventListener(name, stay, true);
})();
