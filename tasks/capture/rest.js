// The last thing before the page is looked at: movement ends where it was going, and what goes round
// for ever never began.
() => {
  for (const animation of document.getAnimations()) {
    try {
      animation.finish();
    } catch {
      animation.cancel(); // it has no end: as the page is without it, the same each time
    }
  }
}
