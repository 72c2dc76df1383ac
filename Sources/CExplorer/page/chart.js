/** Lines over the last seconds, as SVG. */

import { element } from "./dom.js";

const SVG = "http://www.w3.org/2000/svg";
const HEIGHT = 96;
const MARGIN = { left: 44, right: 6, top: 6, bottom: 16 };

/** A number of a unit, in three digits. */
export function short(value, unit = "") {
  if (value === null) return "–";
  if (unit === "ms" && Math.abs(value) >= 1000) return `${digits(value / 1000)} s`;
  const scaled = [[1e9, "G"], [1e6, "M"], [1e4, "k"]].find(([least]) => Math.abs(value) >= least);
  const factor = { G: 1e9, M: 1e6, k: 1e3 }[scaled?.[1]] ?? 1;
  return `${digits(value / factor)}${scaled ? ` ${scaled[1]}` : ""}${unit && ` ${unit}`}`;
}

function digits(value) {
  const size = Math.abs(value);
  return String(Number(size >= 100 ? value.toFixed(0) : size >= 10 ? value.toFixed(1) : value.toFixed(2)));
}

/** Bounds and lines of an axis that has a range: round numbers, three to six of them. */
export function ticks(lowest, highest) {
  if (lowest === highest) highest += 1;
  const rough = (highest - lowest) / 3;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].find((factor) => factor * power >= rough) * power;
  const first = Math.floor(lowest / step);
  const last = Math.max(first + 1, Math.ceil(highest / step));
  return Array.from({ length: last - first + 1 }, (_, index) => Number(((first + index) * step).toPrecision(12)));
}

function shape(name, attributes) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}

export class Chart {
  #lines;
  #unit;
  #title;
  #svg = shape("svg", { role: "img", tabindex: "0" });
  #readouts;
  #rows = [];
  #pointed = null;
  #place = () => 0;

  /**
   * @param {HTMLElement} figure becomes the chart
   * @param {{title: string, unit: string, lines: {key: string, name: string}[]}} about the lines are keys of the rows
   */
  constructor(figure, { title, unit, lines }) {
    this.#title = title;
    this.#unit = unit;
    this.#lines = lines;
    this.#readouts = lines.map(() => element("output"));
    const legend = lines.map(({ key, name }, index) => element(`span.legend.line-${key}`, {}, `${name} `, this.#readouts[index]));
    figure.append(element("figcaption", {}, element("strong", {}, title), ...legend), this.#svg);
    this.#svg.addEventListener("pointermove", ({ offsetX }) => this.#point(Math.round(((offsetX - MARGIN.left) / this.#inner) * (this.#rows.length - 1))));
    this.#svg.addEventListener("pointerleave", () => this.#point(null));
    this.#svg.addEventListener("blur", () => this.#point(null));
    this.#svg.addEventListener("keydown", (event) => {
      const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
      if (!step) return;
      event.preventDefault();
      this.#point((this.#pointed ?? this.#rows.length - 1) + step);
    });
    new ResizeObserver(() => this.draw(this.#rows)).observe(figure);
  }

  get #inner() {
    return Math.max(1, this.#svg.clientWidth - MARGIN.left - MARGIN.right);
  }

  /** @param {object[]} rows one for each second, the oldest first */
  draw(rows) {
    this.#rows = rows;
    if (this.#svg.clientWidth === 0) return;
    const values = rows.flatMap((row) => this.#lines.map(({ key }) => row[key])).filter((value) => value !== null);
    // Zero belongs to the picture: a line that looks high is high.
    const levels = ticks(Math.min(0, ...values), Math.max(0, ...values));
    const [low, high] = [levels[0], levels.at(-1)];
    const x = (index) => MARGIN.left + (rows.length > 1 ? (index / (rows.length - 1)) * this.#inner : 0);
    const y = (value) => MARGIN.top + (1 - (value - low) / (high - low)) * (HEIGHT - MARGIN.top - MARGIN.bottom);
    this.#place = x;

    const parts = levels.flatMap((level) => [
      shape("line", { class: "level", x1: MARGIN.left, x2: MARGIN.left + this.#inner, y1: y(level), y2: y(level) }),
      this.#text("level-name", short(level, this.#unit), { x: MARGIN.left - 6, y: y(level) + 3.5, "text-anchor": "end" }),
    ]);
    for (const { key } of this.#lines) parts.push(shape("path", { class: `line line-${key}`, d: path(rows, key, x, y), "data-line": key }));
    parts.push(this.#text("level-name", `${rows.length} s ago`, { x: MARGIN.left, y: HEIGHT - 3 }));
    parts.push(this.#text("level-name", "now", { x: MARGIN.left + this.#inner, y: HEIGHT - 3, "text-anchor": "end" }));
    this.#svg.setAttribute("viewBox", `0 0 ${this.#svg.clientWidth} ${HEIGHT}`);
    this.#svg.replaceChildren(...parts);
    this.#point(this.#pointed);
  }

  #text(name, content, attributes) {
    const made = shape("text", { class: name, ...attributes });
    made.textContent = content;
    return made;
  }

  /** Shows the numbers of a second; of none, the last ones. */
  #point(index) {
    this.#pointed = index === null || this.#rows.length === 0 ? null : Math.max(0, Math.min(this.#rows.length - 1, index));
    this.#svg.querySelector(".pointer")?.remove();
    if (this.#pointed !== null) {
      const x = this.#place(this.#pointed);
      this.#svg.append(shape("line", { class: "pointer", x1: x, x2: x, y1: MARGIN.top, y2: HEIGHT - MARGIN.bottom }));
    }
    const shown = this.#lines.map(({ key }) => {
      const row = this.#pointed === null ? this.#rows.findLast((candidate) => candidate[key] !== null) : this.#rows[this.#pointed];
      return short(row?.[key] ?? null, this.#unit);
    });
    shown.forEach((text, line) => { this.#readouts[line].textContent = text; });
    this.#svg.setAttribute("aria-label", `${this.#title}: ${this.#lines.map(({ name }, line) => `${name} ${shown[line]}`).join(", ")}`);
  }
}

/** A line through the values; where one is missing, it is interrupted, and a lone value is a dot. */
function path(rows, key, x, y) {
  let drawn = "";
  rows.forEach((row, index) => {
    if (row[key] === null) return;
    const continues = index > 0 && rows[index - 1][key] !== null;
    drawn += `${continues ? "L" : "M"}${x(index).toFixed(1)} ${y(row[key]).toFixed(1)}`;
    if (!continues && (rows[index + 1]?.[key] ?? null) === null) drawn += "h.01";
  });
  return drawn;
}
