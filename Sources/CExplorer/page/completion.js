/** What may be written where the cursor is. */

import { isInput, isRequired, written } from "./schema.js";
import { tokens } from "./tokens.js";
import { Walker } from "./walk.js";

const DEFINITIONS = { subscription: "events as they come", query: "one response", mutation: "one response", fragment: "a selection with a name" };

/**
 * Suggestions for the word that ends at the cursor; of an empty word, where one may begin.
 *
 * @param {string} source
 * @param {number} cursor
 * @param {Schema | null} schema
 * @returns {{start: number, end: number, suggestions: {text: string, detail: string, description: string, deprecated: boolean}[]}}
 * what to replace and by what, the best first
 */
export function complete(source, cursor, schema) {
  const all = tokens(source);
  const inside = all.find(({ start, end }) => start < cursor && cursor <= end);
  const word = inside?.kind === "name" ? inside : null;
  const nothing = { start: cursor, end: cursor, suggestions: [] };
  const within = inside && (inside.kind === "comment" || (["string", "block"].includes(inside.kind) && cursor < inside.end));
  if (within || inside?.kind === "number") return nothing;

  const start = word?.start ?? cursor;
  const walker = new Walker(schema);
  const before = all.filter((token) => token.end <= start && token.kind !== "comment");
  before.forEach((token, index) => walker.feed(token, before[index + 1]));
  const candidates = expected(walker, schema, source, all);
  return { start, end: word?.end ?? cursor, suggestions: ranked(candidates, source.slice(start, cursor)) };
}

function expected(walker, schema, source, all) {
  const place = walker.expected();
  switch (place.kind) {
    case "definition": return Object.entries(DEFINITIONS).map(([text, detail]) => suggestion(text, { detail }));
    case "on": return [suggestion("on")];
    case "field": return (schema?.selectable(place.type) ?? []).map(ofMember);
    case "argument": return place.args.filter(({ name }) => !place.taken.has(name)).map((arg) => ({ ...ofMember(arg), text: `${arg.name}: ` }));
    case "spread": return [suggestion("on", { detail: "a type" }), ...fragments(all, schema, place.type)];
    case "condition": return (schema?.conditions(place.type) ?? []).map(ofType);
    case "inputType": return (schema?.types ?? []).filter(isInput).map(ofType);
    case "directive": return (schema?.directives ?? []).filter(({ locations }) => locations.includes(place.location)).map((directive) => suggestion(directive.name, directive));
    case "variable": return walker.variables.map(({ name, type }) => suggestion(name, { detail: type }));
    case "value": return values(place.type, schema, walker.variables);
    default: return [];
  }
}

/** Constants of the type, and the variables that may be of it. */
function values(reference, schema, variables) {
  const type = schema?.named(reference);
  const constants = type?.kind === "ENUM" ? type.enumValues.map((value) => suggestion(value.name, value)) : [];
  if (type?.name === "Boolean") constants.push(suggestion("true"), suggestion("false"));
  const fitting = variables.filter(({ named }) => !type || named === type.name);
  return [...fitting.map((variable) => suggestion(`$${variable.name}`, { detail: variable.type })), ...constants];
}

/** The fragments of the document that may be spread in a type. */
function fragments(all, schema, type) {
  const conditions = new Set(schema?.conditions(type).map(({ name }) => name));
  return all.flatMap((token, index) => {
    const [name, on, condition] = all.slice(index + 1, index + 4);
    if (token.text !== "fragment" || on?.text !== "on" || !condition) return [];
    return !schema || conditions.has(condition.text) ? [suggestion(name.text, { detail: `on ${condition.text}` })] : [];
  });
}

function suggestion(text, { detail = "", description = "", isDeprecated = false, deprecationReason = "" } = {}) {
  const reason = isDeprecated ? `Deprecated: ${deprecationReason || "no reason given"}` : "";
  return { text, detail, description: [reason, description].filter(Boolean).join("\n"), deprecated: isDeprecated };
}

/** Of a field or an argument. */
function ofMember(member) {
  const needs = member.args ? member.args.filter(isRequired).map(({ name }) => name) : [];
  const detail = `${needs.length > 0 ? `(${needs.join(", ")}) ` : ""}${written(member.type)}`;
  return suggestion(member.name, { ...member, detail });
}

function ofType(type) {
  return suggestion(type.name, { ...type, detail: type.kind.toLowerCase().replace("_", " ") });
}

/** Those that a word may mean: first what begins with it, then what has it; if there is none, what has its letters in their order. */
function ranked(candidates, word) {
  const wanted = word.toLowerCase();
  const rank = (text) => {
    const have = text.replace("$", "").toLowerCase();
    if (have.startsWith(wanted)) return 0;
    if (have.includes(wanted)) return 1;
    let position = 0;
    for (const letter of have) if (letter === wanted[position]) position += 1;
    return position === wanted.length ? 2 : 3;
  };
  const found = candidates.map((candidate, index) => ({ candidate, index, rank: rank(candidate.text) + (candidate.deprecated ? 0.5 : 0) }));
  // Scattered letters are a guess, for when nothing else is there.
  const limit = found.some((each) => each.rank < 2) ? 2 : 3;
  return found
    .filter((each) => each.rank < limit)
    .sort((one, other) => one.rank - other.rank || one.index - other.index)
    .map(({ candidate }) => candidate);
}
