// Where things are: arithmetic on rectangles, for layer.js.
() => {
  const union = (rects) => {
    const x = Math.min(...rects.map((r) => r.x));
    const y = Math.min(...rects.map((r) => r.y));
    const right = Math.max(...rects.map((r) => r.x + r.width));
    const bottom = Math.max(...rects.map((r) => r.y + r.height));
    return { x, y, width: right - x, height: bottom - y };
  };
  const plain = ({ x, y, width, height }) => ({ x, y, width, height });
  const onOneLine = (one, other, upright) =>
    upright
      ? Math.min(one.x + one.width, other.x + other.width) - Math.max(one.x, other.x) >
        Math.min(one.width, other.width) / 2
      : Math.min(one.y + one.height, other.y + other.height) - Math.max(one.y, other.y) >
        Math.min(one.height, other.height) / 2;

  const inner = (element, style) => {
    const rect = element.getBoundingClientRect();
    const px = (name) => parseFloat(style[name]) || 0;
    const x = rect.x + px("borderLeftWidth") + px("paddingLeft");
    const y = rect.y + px("borderTopWidth") + px("paddingTop");
    return {
      x,
      y,
      width: rect.right - px("borderRightWidth") - px("paddingRight") - x,
      height: rect.bottom - px("borderBottomWidth") - px("paddingBottom") - y,
    };
  };
  return { union, plain, onOneLine, inner };
}
