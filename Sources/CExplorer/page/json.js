/** JSON as people read it. */

import { element } from "./dom.js";
import { jsonRoles } from "./tokens.js";

const STEP = "  ";

/**
 * The parts of a JSON text, coloured and indented. Numbers and strings stay as they are written: `9007199254740993` would not survive being
 * read.
 *
 * @param {string} text
 * @returns {DocumentFragment}
 */
export function showJson(text) {
  const shown = document.createDocumentFragment();
  for (const [role, part] of parts(text)) shown.append(role === null ? part : element(`span.${role}`, {}, part));
  return shown;
}

/** The same as text. */
export function indented(text) {
  return Array.from(parts(text), ([, part]) => part).join("");
}

function* parts(text) {
  let depth = 0;
  const all = jsonRoles(text);
  const line = () => [null, `\n${STEP.repeat(depth)}`];
  for (const [index, { role, text: part }] of all.entries()) {
    const before = all[index - 1];
    const opens = part === "{" || part === "[";
    const closes = part === "}" || part === "]";
    const empty = closes && (before?.text === "{" || before?.text === "[");
    if (closes) depth -= 1;
    if (closes && !empty) yield line();
    // The tokens leave commas out: they stand where a value is followed by another.
    if (!closes && before && before.text !== ":" && part !== ":") {
      if (before.text !== "{" && before.text !== "[") yield [null, ","];
      yield line();
    }
    yield [role, part];
    if (part === ":") yield [null, " "];
    if (opens) depth += 1;
  }
}
