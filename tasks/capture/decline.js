// Has autoconsent, which autoconsent.py has put into the frame, look for a consent platform that it
// knows and refuse it. Returns how it went and by which rule; "absent" where it is not there yet.
// Called again while it is "pending" (a platform is there, and its banner is not) or "declining".
async ({ accepts, patience }) => {
  const memory = window.__kanalarkivConsent;
  if (!memory) return { state: "absent", rule: "" };
  const accepting = new RegExp(`^(?:${accepts})$`, "u");
  const fold = (text) => (text ?? "").replace(/\s+/gu, " ").trim().toLowerCase();

  // A rule may be wrong about a button: what says that it accepts is not pressed, whoever asks.
  const guard = (event) => {
    const button = event
      .composedPath()
      .find((at) => at.matches?.("button, a, input, [role=button]") ?? false);
    const text = fold(button?.innerText || button?.value || button?.getAttribute("aria-label"));
    if (event.isTrusted || !accepting.test(text)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    memory.blocked = true;
  };

  const outcome = () => {
    const end = memory.said.find((message) => message.type === "optOutResult");
    if (end) {
      const state = end.result && !memory.blocked ? "declined" : "failed";
      return { state, rule: `${end.cmp}` };
    }
    const nothing = memory.said.some((m) => m.state?.lifecycle === "nothingDetected");
    const found = memory.said.some((message) => message.type === "popupFound");
    return { state: nothing ? "none" : found ? "declining" : "pending", rule: "" };
  };
  const underWay = (state) => state === "pending" || state === "declining";

  if (!memory.guarded) window.addEventListener("click", guard, true);
  memory.guarded = true;
  if (!underWay(memory.state)) {
    memory.said.length = 0;
    const config = {
      enabled: true,
      autoAction: "optOut",
      enablePrehide: false,
      enableCosmeticRules: false,
      heuristicMode: "off",
      detectRetries: 0,
      isMainWorld: true,
      logs: { errors: false },
    };
    const known = memory.rules && { autoconsent: memory.rules };
    memory.rules = null;
    window.autoconsentReceiveMessage({ type: "initResp", config, rules: known });
  }
  const late = new Promise((resolve) => setTimeout(resolve, patience));
  const over = async () => {
    while (underWay(outcome().state)) {
      await new Promise((resolve) => {
        memory.told = resolve;
      });
    }
  };
  await Promise.race([over(), late]);
  const end = outcome();
  memory.state = end.state;
  return end;
}
