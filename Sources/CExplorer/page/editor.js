/**
 * An editor: a text area, under which the same text stands in colours. So undo, selection, input methods, spelling of keys and screen readers
 * are the browser's own.
 */

import { element } from "./dom.js";
import { Popup } from "./popup.js";

const PAIRS = { "{": "}", "(": ")", "[": "]" };
const CLOSING = new Set(Object.values(PAIRS));

export class Editor {
  #area;
  #under = element("pre.under", { "aria-hidden": "true" });
  #lines = element("pre.lines", { "aria-hidden": "true" });
  #colour;
  #complete;
  #popup;
  #marks = [];

  /**
   * @param {HTMLTextAreaElement} area
   * @param {object} ways
   * @param {(source: string) => {start: number, end: number, role: string}[]} ways.colour
   * @param {(source: string, cursor: number) => object} [ways.complete] as the function `complete`
   * @param {() => void} ways.onChange
   */
  constructor(area, { colour, complete, onChange }) {
    this.#area = area;
    this.#colour = colour;
    this.#complete = complete;
    const frame = element("div.editor");
    area.replaceWith(frame);
    frame.append(this.#lines, this.#under, area);
    this.#popup = new Popup(frame, area, (suggestion) => this.#take(suggestion));
    area.addEventListener("input", ({ inputType }) => {
      this.#marks = [];
      this.draw();
      this.#suggest(inputType);
      onChange();
    });
    area.addEventListener("keydown", (event) => this.#key(event));
    area.addEventListener("blur", () => this.#popup.close());
    area.addEventListener("click", () => this.#popup.close());
    this.draw();
  }

  get text() {
    return this.#area.value;
  }

  get cursor() {
    return this.#area.selectionStart;
  }

  /** Puts another text in the place of all; it can be undone. */
  set text(text) {
    this.replace(0, this.text.length, text);
  }

  /** Replaces a part of the text, in a way that can be undone. */
  replace(start, end, text, cursor = start + text.length) {
    this.#area.focus();
    this.#area.setSelectionRange(start, end);
    // Outdated on paper, and the one way that keeps the browser's undo. Without it the text is set all the same.
    const done = text === "" && start === end ? true : document.execCommand(text === "" ? "delete" : "insertText", false, text);
    if (!done) {
      this.#area.setRangeText(text);
      this.#area.dispatchEvent(new InputEvent("input", { inputType: "insertReplacementText" }));
    }
    this.select(cursor);
  }

  /** Moves the cursor, and shows where it is. */
  select(start, end = start) {
    this.#popup.close();
    this.#area.focus();
    this.#area.setSelectionRange(start, end);
  }

  /** Underlines places until the text is changed. */
  mark(places) {
    this.#marks = places;
    this.draw();
  }

  /** Colours the text anew: the schema may have come. */
  draw() {
    const source = this.text;
    const parts = [];
    let position = 0;
    for (const { start, end, role } of this.#colour(source)) {
      const wrong = this.#marks.some((place) => start <= place && place < end);
      parts.push(source.slice(position, start), element(`span.${role}${wrong ? ".wrong" : ""}`, {}, source.slice(start, end)));
      position = end;
    }
    // An empty last line has no height of its own.
    this.#under.replaceChildren(...parts, `${source.slice(position)}\n`);
    this.#lines.textContent = Array.from({ length: source.split("\n").length }, (_, index) => index + 1).join("\n");
  }

  #suggest(inputType) {
    const typed = inputType === "insertText" || inputType === "deleteContentBackward";
    const before = this.text.slice(0, this.cursor);
    if (!this.#complete || !typed || !/[\w$@]$/.test(before)) return this.#popup.close();
    return this.#open();
  }

  #open() {
    const found = this.#complete(this.text, this.cursor);
    // What is written in full already has no need of help.
    const alone = found.suggestions.length === 1 && found.suggestions[0].text === this.text.slice(found.start, found.end);
    if (found.suggestions.length === 0 || alone) return this.#popup.close();
    return this.#popup.open(found, this.#place(found.start));
  }

  /** Where a character of the text is in the editor. */
  #place(offset) {
    const walker = document.createTreeWalker(this.#under, NodeFilter.SHOW_TEXT);
    let rest = offset;
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      if (rest <= node.length) {
        const range = document.createRange();
        range.setStart(node, rest);
        return range.getBoundingClientRect();
      }
      rest -= node.length;
    }
    return this.#under.getBoundingClientRect();
  }

  #take({ start, end, text }) {
    this.replace(start, end, text);
  }

  #key(event) {
    if (this.#popup.key(event)) return;
    const { selectionStart: start, selectionEnd: end } = this.#area;
    const plain = !event.ctrlKey && !event.metaKey && !event.altKey;
    if (event.key === " " && event.ctrlKey && this.#complete) {
      event.preventDefault();
      this.#open();
    } else if (event.key === "Enter" && plain && !event.isComposing) {
      event.preventDefault();
      this.#newLine(start, end);
    } else if (plain && PAIRS[event.key] && start === end && /^(\s|[)\]}]|$)/.test(this.text.slice(end))) {
      event.preventDefault();
      this.replace(start, end, event.key + PAIRS[event.key], start + 1);
    } else if (plain && CLOSING.has(event.key) && start === end && this.text[start] === event.key) {
      event.preventDefault();
      this.select(start + 1);
    } else if (event.key === "Backspace" && plain && start === end && PAIRS[this.text[start - 1]] && PAIRS[this.text[start - 1]] === this.text[start]) {
      event.preventDefault();
      this.replace(start - 1, start + 1, "");
    }
  }

  /** A line that is indented as the one before; within braces, one deeper. */
  #newLine(start, end) {
    const before = this.text.slice(0, start);
    const [indent] = /^[ \t]*/.exec(/[^\n]*$/.exec(before)[0]);
    const open = before.trimEnd().at(-1);
    const deeper = PAIRS[open] && before.endsWith(open) ? "  " : "";
    const closes = deeper && this.text[end] === PAIRS[open];
    const text = `\n${indent}${deeper}`;
    this.replace(start, end, closes ? `${text}\n${indent}` : text, start + text.length);
  }
}
