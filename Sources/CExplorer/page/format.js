/** A document as it is usually written. */

import { walk } from "./walk.js";

const OPENING = new Set(["(", "[", "$", "@", "..."]);
const CLOSING = new Set([")", "]", "!", ":"]);

/** @param {string} source whatever is no token stays where it is, between others */
export function format(source) {
  const { tokens, selections } = walk(source, null);
  // Braces of selections break lines; those of values do not.
  const sets = new Set(selections.flatMap(({ start, end }) => [start, end]));
  let depth = 0;
  let parentheses = 0;
  let out = "";
  /** Whether a definition has ended, and nothing else has begun. */
  let ended = false;
  const line = () => { out = out === "" || out.endsWith("\n") ? out : `${out}\n`; };
  const blank = () => { if (out !== "" && !out.endsWith("\n\n")) out += out.endsWith("\n") ? "\n" : "\n\n"; };
  const write = (text) => { out += out === "" || out.endsWith("\n") ? "  ".repeat(depth) + text : text; };

  tokens.forEach((token, index) => {
    const before = tokens[index - 1];
    const { text } = token;
    if (token.kind === "comment") {
      const trailing = before && !source.slice(before.end, token.start).includes("\n");
      if (!trailing && ended) blank();
      else if (!trailing) line();
      ended = ended && trailing;
      write(`${trailing ? " " : ""}${text.trimEnd()}\n`);
      return;
    }
    if (ended) blank();
    ended = false;
    if (text === "{" && sets.has(token.start)) {
      write(out === "" || out.endsWith("\n") ? "{\n" : " {\n");
      depth += 1;
      return;
    }
    if (text === "}" && sets.has(token.start)) {
      depth = Math.max(0, depth - 1);
      line();
      write("}");
      ended = depth === 0;
      return;
    }
    const starts = parentheses === 0 && depth > 0 && startsSelection(token, before);
    if (starts) line();
    else if (before && isSpaced(token, before, parentheses)) out += out.endsWith("\n") ? "" : separator(token, before, parentheses);
    write(text);
    if (text === "(") parentheses += 1;
    if (text === ")") parentheses = Math.max(0, parentheses - 1);
  });
  return out === "" || out.endsWith("\n") ? out : `${out}\n`;
}

/** Whether a token is the first of a field or a spread. */
function startsSelection(token, before) {
  if (token.text === "...") return true;
  if (!["field", "alias", "unknown"].includes(token.role)) return false;
  return before.role !== "alias" && before.text !== ":" && before.text !== "...";
}

function isSpaced(token, before, parentheses) {
  if (before.kind === "comment") return false;
  if (token.text === "(" || CLOSING.has(token.text)) return false;
  if (before.text === "..." && token.role === "keyword") return true;
  if (parentheses > 0 && before.text === "{") return true;
  return !OPENING.has(before.text);
}

/** Between two arguments, two values of a list and two fields of an object stands a comma. */
function separator(token, before, parentheses) {
  if (parentheses === 0 || ["=", "@", "}"].includes(token.text) || [":", "=", "{"].includes(before.text)) return " ";
  return ", ";
}
