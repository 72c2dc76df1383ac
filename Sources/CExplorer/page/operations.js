/** The operations of a document: which there are, and how a field of the schema comes into one. */

import { isComposite, isRequired, written } from "./schema.js";
import { tokens } from "./tokens.js";
import { walk } from "./walk.js";

const MOST_LEAVES = 12;
const OPEN = { "{": 1, "}": -1 };

/**
 * @param {string} source
 * @returns {{type: string, name: string | null, start: number, end: number, field: string | null, variables: string[]}[]}
 * the operations, in the order of the document; `field` is the first that one selects
 */
export function operations(source) {
  const found = [];
  let depth = 0;
  let current = null;
  const all = tokens(source).filter(({ kind }) => kind !== "comment");
  all.forEach((token, index) => {
    if (depth === 0 && (/^(query|mutation|subscription|fragment)$/.test(token.text) || (token.text === "{" && current === null))) {
      const name = all[index + 1]?.kind === "name" ? all[index + 1].text : null;
      current = { type: token.text === "{" ? "query" : token.text, name: token.text === "{" ? null : name, start: token.start, end: source.length, field: null, variables: [] };
      if (current.type !== "fragment") found.push(current);
    }
    if (current && depth === 0 && token.text === "$" && all[index + 2]?.text === ":") current.variables.push(all[index + 1].text);
    if (current && depth === 1 && token.kind === "name") current.field ??= token.text;
    depth = Math.max(0, depth + (OPEN[token.text] ?? 0));
    if (current) current.end = token.end;
    if (depth === 0 && token.text === "}") current = null;
  });
  return found;
}

/** The operation that a cursor is in or behind; before the first, that one. */
export function operationAt(found, cursor) {
  return found.findLast(({ start }) => start <= cursor) ?? found[0];
}

/**
 * An operation with one root field: its arguments are variables where they are needed, and it selects what has no selection of its own.
 *
 * @returns {{text: string, cursor: number, variables: object}} `variables` has a value to start with for each
 */
export function operationFor(kind, field, schema, taken = new Set()) {
  const needed = (field.args ?? []).filter(isRequired);
  let name = field.name.charAt(0).toUpperCase() + field.name.slice(1);
  for (let number = 2, base = name; taken.has(name); number += 1) name = `${base}${number}`;
  const declared = needed.map((argument) => `$${argument.name}: ${written(argument.type)}`).join(", ");
  const head = `${kind} ${name}${declared && `(${declared})`} {\n  `;
  const body = call(field, schema, "  ");
  const variables = Object.fromEntries(needed.map((argument) => [argument.name, sample(argument.type, schema)]));
  return { text: `${head}${body}\n}\n`, cursor: head.length + body.length, variables };
}

/** A field with its needed arguments as variables, and a selection where its type asks for one. */
function call(field, schema, indent) {
  const needed = (field.args ?? []).filter(isRequired).map(({ name }) => `${name}: $${name}`).join(", ");
  const type = schema.named(field.type);
  if (!isComposite(type)) return `${field.name}${needed && `(${needed})`}`;
  const leaves = (type.fields ?? []).filter((leaf) => !isComposite(schema.named(leaf.type)) && !leaf.args.some(isRequired) && !leaf.isDeprecated);
  const names = leaves.slice(0, MOST_LEAVES).map(({ name }) => name);
  const selected = (names.length > 0 ? names : ["__typename"]).map((name) => `${indent}  ${name}\n`).join("");
  return `${field.name}${needed && `(${needed})`} {\n${selected}${indent}}`;
}

/** A value of a type to begin with. */
function sample(reference, schema, depth = 0) {
  if (reference.kind === "NON_NULL") return sample(reference.ofType, schema, depth);
  if (reference.kind === "LIST") return [];
  const type = schema.named(reference);
  if (type?.kind === "ENUM") return type.enumValues[0]?.name ?? null;
  if (type?.kind === "INPUT_OBJECT" && depth < 4) {
    return Object.fromEntries(type.inputFields.filter(isRequired).map((input) => [input.name, sample(input.type, schema, depth + 1)]));
  }
  return { Int: 0, Float: 0, Boolean: false }[type?.name] ?? "";
}

/**
 * Puts a field into the selection of its type that the cursor is in, else into the first one.
 *
 * @param {string} source
 * @param {number} cursor
 * @param {Schema} schema
 * @param {object} type the type that has the field
 * @param {object} field
 * @returns {{start: number, end: number, text: string, cursor: number} | null} what to replace, or nothing where no selection is of the type;
 * a field that is selected already is pointed at
 */
export function insertion(source, cursor, schema, type, field) {
  const sets = walk(source, schema).selections.filter((set) => set.type === type && set.end !== undefined);
  const around = sets.filter(({ start, end }) => start < cursor && cursor <= end);
  const set = around.at(-1) ?? sets[0];
  if (!set) return null;
  const there = set.fields.find(({ name }) => name === field.name);
  if (there) return { start: there.end, end: there.end, text: "", cursor: there.end };

  const content = source.slice(set.start + 1, set.end).trimEnd();
  const start = set.start + 1 + content.length;
  const indent = "  ".repeat(set.depth + 1);
  const inserted = `\n${indent}${call(field, schema, indent)}`;
  return { start, end: set.end, text: `${inserted}\n${"  ".repeat(set.depth)}`, cursor: start + inserted.length };
}
