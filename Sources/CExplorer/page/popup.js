/** The list of suggestions under the cursor. The focus stays in the text: https://www.w3.org/WAI/ARIA/apg/patterns/combobox/ */

import { element } from "./dom.js";

const MOST = 100;
let lists = 0;

export class Popup {
  #frame;
  #area;
  #take;
  #id = `suggestions-${++lists}`;
  #list = element("ul", { role: "listbox", "aria-label": "Suggestions", id: this.#id });
  #about = element("p.about");
  #box = element("div.popup", { hidden: true }, this.#list, this.#about);
  #found = null;
  #index = 0;

  /** @param {(chosen: {start: number, end: number, text: string}) => void} take */
  constructor(frame, area, take) {
    this.#frame = frame;
    this.#area = area;
    this.#take = take;
    frame.append(this.#box);
    area.setAttribute("aria-autocomplete", "list");
    // The text would lose the focus, and the list be gone before the click.
    this.#box.addEventListener("pointerdown", (event) => event.preventDefault());
    this.#list.addEventListener("click", ({ target }) => {
      const option = target.closest("[role=option]");
      if (option) this.#choose([...this.#list.children].indexOf(option));
    });
  }

  /**
   * @param {{start: number, end: number, suggestions: object[]}} found
   * @param {DOMRect} place where the word begins
   */
  open(found, place) {
    this.#found = { ...found, suggestions: found.suggestions.slice(0, MOST) };
    this.#list.replaceChildren(
      ...this.#found.suggestions.map(({ text, detail, deprecated }, index) =>
        element(`li${deprecated ? ".deprecated" : ""}`, { role: "option", id: `${this.#id}-${index}` }, element("span.text", {}, text), element("span.detail", {}, detail)),
      ),
    );
    this.#box.hidden = false;
    this.#area.setAttribute("aria-controls", this.#id);
    this.#select(0);
    const frame = this.#frame.getBoundingClientRect();
    const left = Math.max(0, Math.min(place.left - frame.left, this.#frame.clientWidth - this.#box.offsetWidth));
    const above = place.bottom + this.#box.offsetHeight > frame.bottom && place.top - this.#box.offsetHeight >= frame.top;
    this.#box.style.left = `${left + this.#frame.scrollLeft}px`;
    this.#box.style.top = `${(above ? place.top - this.#box.offsetHeight : place.bottom) - frame.top + this.#frame.scrollTop}px`;
  }

  close() {
    this.#found = null;
    this.#box.hidden = true;
    this.#area.removeAttribute("aria-activedescendant");
    this.#area.removeAttribute("aria-controls");
  }

  /** Whether a key was for the list. */
  key(event) {
    if (this.#found === null || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return false;
    const last = this.#found.suggestions.length - 1;
    switch (event.key) {
      case "ArrowDown": this.#select(this.#index === last ? 0 : this.#index + 1); break;
      case "ArrowUp": this.#select(this.#index === 0 ? last : this.#index - 1); break;
      case "PageDown": this.#select(Math.min(last, this.#index + 8)); break;
      case "PageUp": this.#select(Math.max(0, this.#index - 8)); break;
      case "Enter":
      case "Tab": this.#choose(this.#index); break;
      case "Escape": this.close(); break;
      default: return false;
    }
    event.preventDefault();
    event.stopPropagation();
    return true;
  }

  #select(index) {
    this.#index = index;
    for (const [position, option] of [...this.#list.children].entries()) option.setAttribute("aria-selected", String(position === index));
    const option = this.#list.children[index];
    option.scrollIntoView({ block: "nearest" });
    this.#area.setAttribute("aria-activedescendant", option.id);
    this.#about.textContent = this.#found.suggestions[index].description;
    this.#about.hidden = this.#about.textContent === "";
  }

  #choose(index) {
    const { start, end, suggestions } = this.#found;
    this.close();
    this.#take({ start, end, text: suggestions[index].text });
  }
}
