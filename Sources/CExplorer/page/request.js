/** What the editors say, as a request. */

import { operationAt, operations } from "./operations.js";

/** What somebody must mend before a request can be made. */
export class Mistake extends Error {
  /** @param {string} field the id of the text with the mistake */
  constructor(field, message) {
    super(message);
    this.field = field;
  }
}

/**
 * @param {{document: string, variables: string, payload: string, headers: string}} texts
 * @param {number} cursor where in the document
 * @returns {{kind: string, title: string, request: object}} the operation at the cursor
 */
export function requestAt(texts, cursor) {
  const operation = operationAt(operations(texts.document), cursor);
  if (!operation) throw new Mistake("document", "There is no operation to run.");
  const variables = objectIn("variables", texts.variables);
  const request = { query: texts.document };
  if (operation.name) request.operationName = operation.name;
  if (variables) request.variables = variables;
  return { kind: operation.type, title: operation.name ?? operation.field ?? operation.type, request };
}

/** How to connect. @returns {import("./connections.js").Settings} */
export function settingsOf(texts, way) {
  const headers = objectIn("headers", texts.headers) ?? {};
  for (const [name, value] of Object.entries(headers)) {
    if (typeof value !== "string") throw new Mistake("headers", `The value of "${name}" must be a string.`);
    try {
      new Headers([[name, value]]);
    } catch {
      throw new Mistake("headers", `"${name}" cannot be a header with this value.`);
    }
  }
  return { way, payload: objectIn("payload", texts.payload), headers };
}

const NAMES = { variables: "The variables", payload: "The connection payload", headers: "The headers" };

/** The object that a text of JSON stands for. Nothing is none. */
export function objectIn(field, text) {
  if (text.trim() === "") return undefined;
  let value;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new Mistake(field, `${NAMES[field]}: ${error.message}`);
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw new Mistake(field, `${NAMES[field]} must be a JSON object.`);
  return value;
}
