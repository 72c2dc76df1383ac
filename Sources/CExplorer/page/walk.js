/**
 * Follows a GraphQL document token by token, however unfinished it is, and knows what each token is and what may come next. Highlighting,
 * completion and inserting all read a document by it.
 */

import { isComposite } from "./schema.js";
import { tokens } from "./tokens.js";

const OPERATIONS = new Set(["query", "mutation", "subscription"]);
const ATOMS = new Set(["true", "false", "null"]);
const CLOSING = new Set([")", "]", "}"]);

export class Walker {
  #schema;
  /** What is open, the innermost last. The document itself is never closed. */
  #open = [{ kind: "document" }];

  /** The variables of the operation that is being read. */
  variables = [];
  /** Every selection set so far: its type, where its braces are (`end` is undefined while it is open), its fields, how deep it is. */
  selections = [];

  /** @param {Schema | null} schema */
  constructor(schema) {
    this.#schema = schema;
  }

  get #top() {
    return this.#open.at(-1);
  }

  /**
   * Reads a token, and says what it is.
   *
   * @param {{kind: string, text: string}} token
   * @param {object} [next] the token after it
   * @returns {string} its role
   */
  feed(token, next) {
    if (["comment", "invalid"].includes(token.kind)) return token.kind;
    const read = {
      document: this.#document, head: this.#head, fragment: this.#fragment, variables: this.#variables, selection: this.#selection,
      directive: this.#directive, arguments: this.#arguments, value: this.#value, list: this.#list, object: this.#object,
    }[this.#top.kind];
    return read.call(this, this.#top, token, next);
  }

  #push(frame) {
    this.#open.push(frame);
    return "punctuator";
  }

  #replace(frame) {
    this.#open.pop();
    return this.#push(frame);
  }

  #pop() {
    this.#open.pop();
    return "punctuator";
  }

  /** The token belongs to what is around. */
  #leave(token, next) {
    this.#open.pop();
    return this.feed(token, next);
  }

  #selectionSet(type, token) {
    const depth = this.#open.filter(({ kind }) => kind === "selection").length;
    const set = { type, start: token.start, end: undefined, fields: [], depth };
    this.selections.push(set);
    return { kind: "selection", type, set, field: null, spread: null };
  }

  #document(frame, token) {
    if (OPERATIONS.has(token.text)) {
      this.variables = [];
      this.#push({ kind: "head", type: this.#schema?.root(token.text), location: token.text.toUpperCase(), named: false });
      return "keyword";
    }
    if (token.text === "fragment") {
      this.variables = [];
      this.#push({ kind: "fragment", step: "name", type: undefined, location: "FRAGMENT_DEFINITION" });
      return "keyword";
    }
    if (token.text === "{") {
      this.variables = [];
      return this.#push(this.#selectionSet(this.#schema?.root("query"), token));
    }
    return token.kind === "punctuator" ? "punctuator" : "invalid";
  }

  #head(frame, token) {
    switch (token.text) {
      case "(": return this.#push({ kind: "variables", step: "start", location: "VARIABLE_DEFINITION" });
      case "@": return this.#at();
      case "{": return this.#replace(this.#selectionSet(frame.type, token));
      case "}": return this.#pop();
    }
    if (token.kind !== "name" || frame.named) return token.kind === "punctuator" ? "punctuator" : "invalid";
    frame.named = true;
    return "definition";
  }

  #fragment(frame, token) {
    if (token.text === "@") return this.#at();
    if (token.text === "{") return this.#replace(this.#selectionSet(frame.type, token));
    if (token.text === "}") return this.#pop();
    if (token.kind !== "name") return "invalid";
    if (frame.step === "name") {
      frame.step = "on";
      return "definition";
    }
    if (frame.step === "on") {
      frame.step = "type";
      return token.text === "on" ? "keyword" : "invalid";
    }
    frame.step = "done";
    frame.type = this.#schema?.type(token.text);
    return this.#known(frame.type, "type");
  }

  #variables(frame, token) {
    switch (token.text) {
      case "$":
        frame.step = "name";
        return "variable";
      case ")": return this.#pop();
      case "@": return this.#at();
      case "{": return this.#leave(token);
      case ":":
        frame.step = "type";
        return "punctuator";
      case "=": return this.#push({ kind: "value", type: this.#schema && { ofType: this.#schema.type(this.variables.at(-1)?.named) } });
    }
    if (frame.step === "name" && token.kind === "name") {
      this.variables.push({ name: token.text, type: "", named: "" });
      frame.step = "colon";
      return "variable";
    }
    const variable = this.variables.at(-1);
    if (frame.step !== "type" || !variable) return "invalid";
    variable.type += token.text;
    if (token.kind !== "name") return "punctuator";
    variable.named = token.text;
    return this.#known(this.#schema?.type(token.text), "type");
  }

  #selection(frame, token, next) {
    switch (token.text) {
      case "}":
        frame.set.end = token.start;
        return this.#pop();
      case "(": return this.#push({ kind: "arguments", args: frame.field?.definition?.args, argument: null, taken: new Set() });
      case "@":
        frame.location = frame.spread === null ? "FIELD" : frame.spread === "named" ? "FRAGMENT_SPREAD" : "INLINE_FRAGMENT";
        return this.#at();
      case "...":
        frame.spread = "start";
        frame.condition = undefined;
        return "punctuator";
      case "{": {
        const inline = frame.spread === "start" || frame.spread === "typed";
        const type = inline ? (frame.condition ?? frame.type) : this.#schema?.named(frame.field?.definition?.type);
        frame.spread = null;
        return this.#push(this.#selectionSet(type, token));
      }
    }
    if (token.kind !== "name") return token.kind === "punctuator" ? "punctuator" : "invalid";
    if (frame.spread === "start" && token.text === "on") {
      frame.spread = "on";
      return "keyword";
    }
    if (frame.spread === "start") {
      frame.spread = "named";
      return "definition";
    }
    if (frame.spread === "on") {
      frame.spread = "typed";
      frame.condition = this.#schema?.type(token.text);
      return this.#known(frame.condition, "type");
    }
    frame.spread = null;
    if (next?.text === ":") return "alias";
    frame.field = { name: token.text, definition: this.#schema?.field(frame.type, token.text) };
    frame.set.fields.push({ name: token.text, start: token.start, end: token.end });
    return isComposite(frame.type) && !frame.field.definition ? "unknown" : "field";
  }

  #at() {
    const { location } = this.#top;
    this.#push({ kind: "directive", definition: null, location });
    return "directive";
  }

  #directive(frame, token, next) {
    if (frame.definition !== null) {
      if (token.text !== "(") return this.#leave(token, next);
      return this.#replace({ kind: "arguments", args: frame.definition?.args, argument: null, taken: new Set() });
    }
    if (token.kind !== "name") return this.#leave(token, next);
    frame.definition = this.#schema?.directives.find(({ name }) => name === token.text);
    return this.#known(frame.definition, "directive");
  }

  #arguments(frame, token, next) {
    if (token.text === ")") return this.#pop();
    if (token.text === "{" || token.text === "}") return this.#leave(token, next);
    if (token.text === ":") return this.#push({ kind: "value", type: frame.argument?.type });
    if (token.kind !== "name") return "invalid";
    frame.argument = frame.args?.find(({ name }) => name === token.text);
    frame.taken.add(token.text);
    return frame.args && !frame.argument ? "unknown" : "argument";
  }

  #value(frame, token, next) {
    if (token.text === "$") {
      frame.variable = true;
      return "variable";
    }
    if (token.text === "[") return this.#replace({ kind: "list", type: nullable(frame.type)?.ofType });
    if (token.text === "{") return this.#replace({ kind: "object", type: this.#schema?.named(frame.type), field: null, taken: new Set() });
    if (CLOSING.has(token.text)) return this.#leave(token, next);
    this.#open.pop();
    if (token.kind !== "name") return token.kind === "block" ? "string" : token.kind;
    return frame.variable ? "variable" : ATOMS.has(token.text) ? "atom" : "enum";
  }

  #list(frame, token, next) {
    if (token.text === "]") return this.#pop();
    if (CLOSING.has(token.text)) return this.#leave(token, next);
    this.#push({ kind: "value", type: frame.type });
    return this.feed(token, next);
  }

  #object(frame, token, next) {
    if (token.text === "}") return this.#pop();
    if (CLOSING.has(token.text)) return this.#leave(token, next);
    if (token.text === ":") return this.#push({ kind: "value", type: frame.field?.type });
    if (token.kind !== "name") return "invalid";
    frame.field = frame.type?.inputFields?.find(({ name }) => name === token.text);
    frame.taken.add(token.text);
    return frame.type?.inputFields && !frame.field ? "unknown" : "argument";
  }

  #known(found, role) {
    return this.#schema && !found ? "unknown" : role;
  }

  /**
   * What may be written at the place where the walker stands.
   *
   * @returns {{kind: string}} with what the kind needs: the `type` that is selected of, the `args` that there are ...
   */
  expected() {
    const frame = this.#open.findLast(({ kind, definition }) => kind !== "directive" || definition === null);
    switch (frame.kind) {
      case "document": return { kind: "definition" };
      case "fragment":
        if (frame.step === "on") return { kind: "on" };
        return frame.step === "type" ? { kind: "condition", type: undefined } : { kind: "nothing" };
      case "variables": return { kind: frame.step === "type" ? "inputType" : "nothing" };
      case "selection":
        if (frame.spread === "start") return { kind: "spread", type: frame.type };
        return frame.spread === "on" ? { kind: "condition", type: frame.type } : { kind: "field", type: frame.type };
      case "directive": return { kind: "directive", location: frame.location };
      case "arguments": return { kind: "argument", args: frame.args ?? [], taken: frame.taken };
      case "object": return { kind: "argument", args: frame.type?.inputFields ?? [], taken: frame.taken };
      case "value": return { kind: frame.variable ? "variable" : "value", type: frame.type };
      case "list": return { kind: "value", type: frame.type };
      default: return { kind: "nothing" };
    }
  }
}

/** A reference without its outermost non-null. */
function nullable(reference) {
  return reference?.kind === "NON_NULL" ? reference.ofType : reference;
}

/**
 * Reads a document to its end.
 *
 * @param {string} source
 * @param {Schema | null} schema
 * @returns its tokens, each with its `role`, and its selection sets
 */
export function walk(source, schema) {
  const walker = new Walker(schema);
  const found = tokens(source);
  const significant = found.filter(({ kind }) => kind !== "comment");
  let position = 0;
  for (const token of found) {
    if (token.kind !== "comment") position += 1;
    token.role = walker.feed(token, significant[position]);
  }
  return { tokens: found, selections: walker.selections };
}
