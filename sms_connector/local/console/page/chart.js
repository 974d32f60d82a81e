// Charts as SVG. They are hidden from screen readers, which read the table beside or below: it has
// the same numbers.

const SVG = "http://www.w3.org/2000/svg";
const WIDTH = 480;
const HEIGHT = 120;
const GAP = 0.2; // of the width of a column

// Columns side by side, each of them stacked from a list of `[class, count]`. Returns the chart, and
// as `most` the count of the highest column.
export function columns(stacks) {
  const most = Math.max(...stacks.map(sum), 1);
  const step = WIDTH / stacks.length;
  const chart = svg(WIDTH, HEIGHT, "stacks");
  stacks.forEach((stack, place) => {
    let top = HEIGHT;
    for (const [name, count] of stack) {
      const height = (count / most) * HEIGHT;
      top -= height;
      const width = step * (1 - GAP);
      if (count) chart.append(rectangle(name, place * step + (step - width) / 2, top, width, height));
    }
  });
  return { chart, most };
}

// One bar; `part` is its length, from 0 to 1.
export function bar(part) {
  const chart = svg(WIDTH, 12, "part");
  chart.append(rectangle("ground", 0, 0, WIDTH, 12), rectangle("accepted", 0, 0, part * WIDTH, 12));
  return chart;
}

function sum(stack) {
  return stack.reduce((all, [, count]) => all + count, 0);
}

function svg(width, height, name) {
  const element = drawn("svg", name, { viewBox: `0 0 ${width} ${height}` });
  element.setAttribute("preserveAspectRatio", "none");
  element.setAttribute("aria-hidden", "true");
  return element;
}

function rectangle(name, x, y, width, height) {
  return drawn("rect", name, { x, y, width, height });
}

function drawn(kind, name, attributes) {
  const element = document.createElementNS(SVG, kind);
  element.setAttribute("class", name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  return element;
}
