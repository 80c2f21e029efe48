// The last thing before the page is looked at: movement ends where it was going, and what goes round
// for ever stands still.
() => {
  for (const animation of document.getAnimations()) {
    try {
      animation.finish();
    } catch {
      animation.pause(); // it has no end
    }
  }
}
