/** Joins the parts of the page. */

import { complete } from "./completion.js";
import { Connections } from "./connections.js";
import { byId, copy } from "./dom.js";
import { Editor } from "./editor.js";
import { format } from "./format.js";
import { insertion, operationAt, operationFor, operations } from "./operations.js";
import { Mistake, objectIn, requestAt, settingsOf } from "./request.js";
import { Results } from "./results.js";
import { Run } from "./runs.js";
import { INTROSPECTION, Schema } from "./schema.js";
import { SchemaView } from "./schemaview.js";
import { Storage } from "./storage.js";
import { joinTabs } from "./tabs.js";
import { jsonRoles } from "./tokens.js";
import { walk } from "./walk.js";

/** Texts that the page keeps; the last two may hold secrets. */
const TEXTS = { document: false, variables: false, payload: true, headers: true };
const WELCOME = `# Insert a subscription with + from the schema, or write one here.
# Ctrl+Enter runs the operation at the cursor, Ctrl+Space suggests.
`;
const WAYS = ["automatic", "socket", "events"];
const STATES = { idle: "Not connected", connecting: "Connecting…", live: "Live", waiting: "Connection lost. Trying again…", refused: "Not let in" };

const endpoint = new URL(document.documentElement.dataset.endpoint, location.href);
endpoint.hash = endpoint.search = "";
const storage = new Storage(endpoint.pathname);
let schema = null;
let lastRun = 0;

// MARK: The editors

const editors = {};
for (const [name, secret] of Object.entries(TEXTS)) {
  const area = byId(name);
  area.value = storage.read(name, secret) ?? (name === "document" ? WELCOME : "");
  editors[name] = new Editor(area, {
    colour: name === "document" ? (source) => walk(source, schema).tokens : jsonRoles,
    complete: name === "document" ? (source, cursor) => complete(source, cursor, schema) : undefined,
    onChange: () => {
      storage.write(name, editors[name].text, secret);
      byId("mistake").textContent = "";
      if (name === "document") nameOperation();
    },
  });
}

function texts() {
  return Object.fromEntries(Object.keys(TEXTS).map((name) => [name, editors[name].text]));
}

/** Shows on the button what it would run. */
function nameOperation() {
  const operation = operationAt(operations(editors.document.text), editors.document.cursor);
  byId("run-button").querySelector("span").textContent = operation ? `Run ${operation.name ?? operation.type}` : "Run";
}

/** Says what is to be mended, where that is. */
function tell(mistake) {
  if (!(mistake instanceof Mistake)) throw mistake;
  byId("mistake").textContent = mistake.message;
  byId("request-tabs").querySelector(`[aria-controls=panel-${mistake.field}]`)?.click();
  byId(mistake.field).focus();
}

// MARK: Operations

const connections = new Connections(endpoint, (state, detail, way) => {
  byId("status").textContent = [state === "live" ? way : STATES[state], detail].filter(Boolean).join(" · ");
  byId("status").dataset.state = state;
  // A server that came back may have another schema; one that let nobody in may do so now.
  if (way === "WebSocket" && state === "live" && lastState !== "live" && !schemaAsked) loadSchema();
  if (state === "live") schemaAsked = false;
  lastState = state;
});
let lastState = "idle";
/** Whether the connection that is being opened is for the schema. */
let schemaAsked = false;

const results = new Results(({ line, column }) => {
  const start = offsetOf({ line, column });
  editors.document.mark([start]);
  editors.document.select(start);
});

function offsetOf({ line, column }) {
  const before = editors.document.text.split("\n").slice(0, line - 1);
  return before.reduce((sum, text) => sum + text.length + 1, 0) + column - 1;
}

function connection() {
  return connections.with(settingsOf(texts(), byId("way").value));
}

function run() {
  try {
    const { kind, title, request } = requestAt(texts(), editors.document.cursor);
    const started = new Run({ id: ++lastRun, title, kind, request, capacity: Number(byId("capacity").value) }, (changed) => {
      results.changed(changed);
      if (changed.state === "failed") editors.document.mark(changed.errors.flatMap(({ locations }) => (locations ?? []).map(offsetOf)));
    });
    results.add(started);
    started.start(connection());
  } catch (mistake) {
    tell(mistake);
  }
}

// MARK: The schema

function insert(type, field) {
  const { document } = editors;
  const kind = schema.operationOf(type);
  const place = kind === "subscription" ? null : insertion(document.text, document.cursor, schema, type, field);
  if (place) return document.replace(place.start, place.end, place.text, place.cursor);
  if (!kind) {
    byId("mistake").textContent = `The operation selects nothing of the type ${type.name}.`;
    return undefined;
  }
  const taken = new Set(operations(document.text).map(({ name }) => name));
  const made = operationFor(kind, field, schema, taken);
  const kept = document.text === WELCOME ? "" : document.text.trimEnd();
  const gap = kept === "" ? "" : "\n\n";
  addVariables(made.variables);
  document.replace(kept.length, document.text.length, gap + made.text, kept.length + gap.length + made.cursor);
  if (kept === "") document.replace(0, document.text.length, made.text, made.cursor);
  nameOperation();
  return undefined;
}

/** Gives variables that have no value yet one to begin with, if the text can be read. */
function addVariables(variables) {
  try {
    const given = objectIn("variables", editors.variables.text) ?? {};
    if (Object.keys(variables).every((name) => name in given)) return;
    editors.variables.text = `${JSON.stringify({ ...variables, ...given }, null, 2)}\n`;
  } catch (mistake) {
    tell(mistake);
  }
}

const view = new SchemaView(insert);

function loadSchema() {
  let way;
  try {
    way = connection();
  } catch (mistake) {
    return tell(mistake);
  }
  schemaAsked = lastState !== "live";
  byId("reload-schema").disabled = true;
  const done = (message) => {
    byId("reload-schema").disabled = false;
    if (message) view.fail(message);
    editors.document.draw();
  };
  return way.run({ query: INTROSPECTION, operationName: "Schema" }, false, {
    sent: () => {},
    lost: () => {},
    next: (_, { data, errors }) => {
      if (!data?.__schema) return done(`No schema: ${errors?.[0]?.message ?? "the server sent none"}`);
      schema = new Schema(data);
      view.show(schema);
      return done();
    },
    failed: (errors) => done(`No schema: ${errors[0]?.message ?? "the server refused"}`),
    complete: () => done(),
  });
}

// MARK: Buttons and keys

joinTabs(byId("request-tabs"));
byId("run-button").addEventListener("click", run);
byId("reload-schema").addEventListener("click", loadSchema);
byId("format").addEventListener("click", () => { editors.document.text = format(editors.document.text); });
byId("copy-document").addEventListener("click", ({ target }) => copy(editors.document.text, target));
byId("keys-button").addEventListener("click", () => byId("keys").showModal());
byId("endpoint").textContent = endpoint.pathname;
document.addEventListener("selectionchange", nameOperation);
document.addEventListener("keydown", (event) => {
  const command = event.ctrlKey || event.metaKey;
  if (command && event.key === "Enter") run();
  else if (command && event.key === ".") byId("stop").click();
  else if (event.altKey && event.shiftKey && event.code === "KeyF") byId("format").click();
  else if (event.altKey && event.code === "KeyP") byId("pause").click();
  else if (command && event.key === "k") byId("schema-search").focus();
  else return;
  event.preventDefault();
});

const chosenWay = storage.read("way");
byId("way").value = WAYS.includes(chosenWay) ? chosenWay : WAYS[0];
byId("way").addEventListener("change", ({ target }) => {
  storage.write("way", target.value);
  loadSchema();
});

function setTheme(theme) {
  if (theme) document.documentElement.dataset.theme = theme;
}
setTheme(storage.read("theme"));
byId("theme").addEventListener("click", () => {
  const dark = getComputedStyle(document.documentElement).colorScheme === "dark" || (!document.documentElement.dataset.theme && matchMedia("(prefers-color-scheme: dark)").matches);
  setTheme(dark ? "light" : "dark");
  storage.write("theme", dark ? "light" : "dark");
});

// A page that goes away without a word would end operations no less, but later.
addEventListener("pagehide", () => results.running.forEach((run) => run.stop()));

nameOperation();
loadSchema();
