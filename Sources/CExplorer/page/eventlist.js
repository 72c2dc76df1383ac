/** The results of a run as a list, the newest first. */

import { short } from "./chart.js";
import { copy, element } from "./dom.js";
import { indented, showJson } from "./json.js";
import { moved } from "./tabs.js";

/** Rows in the page at once. What is older is found by searching. */
const MOST_ROWS = 200;
const PREVIEW = 240;

export class EventList {
  #list;
  #note;
  #run = null;
  #shown = new Map();
  #words = [];
  #failedOnly = false;
  #expand = false;
  /** While paused: what was there when it began. */
  #frozen = null;

  /** @param {HTMLOListElement} list @param {HTMLElement} note says what is not in it */
  constructor(list, note) {
    this.#list = list;
    this.#note = note;
    list.addEventListener("keydown", (event) => moved([...list.querySelectorAll("summary")], event, ["ArrowUp", "ArrowDown"]));
  }

  get paused() {
    return this.#frozen !== null;
  }

  /** What the filter lets through, the oldest first. */
  get matching() {
    const items = this.#frozen ?? this.#run?.recent.items ?? [];
    if (this.#words.length === 0 && !this.#failedOnly) return items;
    return items.filter(({ text, failed }) => {
      if (this.#failedOnly && !failed) return false;
      const lower = text.toLowerCase();
      return this.#words.every((word) => lower.includes(word));
    });
  }

  show(run) {
    this.#run = run;
    this.#frozen = null;
    this.#shown.clear();
    this.#list.replaceChildren();
    this.draw();
  }

  /** Stops the list, not the operation. */
  pause(paused) {
    this.#frozen = paused && this.#run ? [...this.#run.recent.items] : null;
    this.draw();
  }

  /** @param {string} words all of which a result must have, in any case and order */
  filter(words, failedOnly) {
    this.#words = words.toLowerCase().split(/\s+/).filter(Boolean);
    this.#failedOnly = failedOnly;
    this.draw();
  }

  expand(expand) {
    this.#expand = expand;
    for (const row of this.#shown.values()) row.firstChild.open = expand;
  }

  draw() {
    const matching = this.matching;
    const visible = matching.slice(-MOST_ROWS);
    const wanted = new Set(visible);
    for (const [item, row] of this.#shown) {
      if (wanted.has(item)) continue;
      row.remove();
      this.#shown.delete(item);
    }
    let behind = null;
    for (const item of visible) {
      let row = this.#shown.get(item);
      if (!row) {
        row = this.#row(item);
        this.#shown.set(item, row);
        this.#list.insertBefore(row, behind);
      }
      behind = row;
    }
    this.#highlight();
    this.#note.textContent = this.#about(matching.length, visible.length);
  }

  #about(matching, visible) {
    if (!this.#run) return "";
    const { recent, total, forgotten } = this.#run;
    const parts = [];
    if (visible < matching) parts.push(`the newest ${visible} of ${matching} are listed`);
    if (this.#words.length > 0 || this.#failedOnly) parts.push(`${matching} of ${(this.#frozen ?? recent.items).length} match`);
    if (forgotten > 0) parts.push(`${forgotten.toLocaleString("en")} older ones were let go`);
    if (this.#frozen) parts.push(`paused, ${total - (this.#frozen.at(-1)?.number ?? 0)} newer`);
    return parts.join(" · ");
  }

  #row(item) {
    const { number, at, gap, age, text, failed } = item;
    const time = new Date(at).toTimeString().slice(0, 8) + (at % 1000 / 1000).toFixed(3).slice(1);
    const times = [gap === null ? null : `+${short(gap, "ms")}`, age === null ? null : `age ${short(age, "ms")}`].filter(Boolean).join(" · ");
    const preview = text.length > PREVIEW ? `${text.slice(0, PREVIEW)}…` : text;
    const details = element("details", { toggle: () => fill() },
      element("summary", {},
        element("span.number", {}, `#${number}`), element("time", {}, time), element("span.times", {}, times),
        failed ? element("span.badge", {}, "errors") : null, element("code.preview", {}, preview)));
    const fill = () => {
      if (!details.open || details.children.length > 1) return;
      const button = element("button.quiet", { type: "button", click: () => copy(indented(text), button) }, "Copy");
      details.append(element("div.result", {}, button, element("pre", {}, showJson(text))));
      this.#highlight();
    };
    details.open = this.#expand || this.#run.kind !== "subscription";
    return element(`li${failed ? ".failed" : ""}`, {}, details);
  }

  /** Shows the searched words where the browser can do that without touching the text. */
  #highlight() {
    if (!("highlights" in CSS)) return;
    CSS.highlights.delete("found");
    if (this.#words.length === 0) return;
    const ranges = [];
    const walker = document.createTreeWalker(this.#list, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      if (!node.parentElement.closest("pre, code")) continue;
      const lower = node.data.toLowerCase();
      for (const word of this.#words) {
        for (let at = lower.indexOf(word); at >= 0; at = lower.indexOf(word, at + word.length)) {
          const range = document.createRange();
          range.setStart(node, at);
          range.setEnd(node, at + word.length);
          ranges.push(range);
        }
      }
    }
    CSS.highlights.set("found", new Highlight(...ranges));
  }
}
