/** The schema to walk through: types by their names, fields to put into the operation. */

import { byId, element } from "./dom.js";
import { isComposite, written } from "./schema.js";

const MOST_FOUND = 60;
const ROOTS = { subscription: "Subscriptions", query: "Queries", mutation: "Mutations" };

export class SchemaView {
  #schema = null;
  #trail = [];
  #content = byId("schema-content");
  #search = byId("schema-search");
  #onInsert;

  /** @param {(type: object, field: object) => void} onInsert a field shall go into the operation */
  constructor(onInsert) {
    this.#onInsert = onInsert;
    this.#search.addEventListener("input", () => this.#draw());
    this.#search.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || this.#search.value === "") return;
      event.preventDefault();
      this.#search.value = "";
      this.#draw();
    });
  }

  /** @param {Schema} schema */
  show(schema) {
    this.#schema = schema;
    this.#trail = this.#trail.filter((name) => schema.type(name));
    this.#search.disabled = false;
    this.#draw();
  }

  /** There is no schema, and why. */
  fail(message) {
    this.#schema = null;
    this.#search.disabled = true;
    byId("schema-trail").replaceChildren();
    this.#content.replaceChildren(element("p.problem", {}, message));
  }

  #open(name) {
    this.#trail = this.#trail.includes(name) ? this.#trail.slice(0, this.#trail.indexOf(name) + 1) : [...this.#trail, name];
    this.#search.value = "";
    this.#draw();
    byId("schema-trail").querySelector("button:last-of-type")?.focus();
  }

  #draw() {
    if (!this.#schema) return;
    const crumb = (text, act) => element("button.link", { type: "button", click: act }, text);
    const trail = this.#trail.map((name) => crumb(name, () => this.#open(name)));
    byId("schema-trail").replaceChildren(crumb("Schema", () => {
      this.#trail = [];
      this.#search.value = "";
      this.#draw();
    }), ...trail);
    const words = this.#search.value.trim().toLowerCase();
    const type = this.#schema.type(this.#trail.at(-1));
    this.#content.replaceChildren(...(words ? this.#found(words) : type ? this.#type(type) : this.#start()));
    this.#content.scrollTop = 0;
  }

  /** The roots, opened, then all the types. */
  #start() {
    const roots = Object.entries(ROOTS).flatMap(([operation, title]) => {
      const type = this.#schema.root(operation);
      const fields = type?.fields?.filter(({ name }) => !name.startsWith("_")) ?? [];
      return fields.length === 0 ? [] : [element("h3", {}, title), this.#fields(type, fields)];
    });
    const types = this.#schema.types.filter((type) => !type.name.startsWith("__") && !this.#schema.operationOf(type));
    const rows = types.map((type) => element("li", {}, this.#typeLink(type.name), element("span.detail", {}, type.kind.toLowerCase().replace("_", " "))));
    return [...roots, element("h3", {}, "Types"), element("ul.types", {}, ...rows)];
  }

  #found(words) {
    const has = (text) => text.toLowerCase().includes(words);
    const types = this.#schema.types.filter((type) => !type.name.startsWith("__"));
    const named = types.filter((type) => has(type.name)).map((type) => element("li", {}, this.#typeLink(type.name)));
    const members = types.flatMap((type) => (type.fields ?? type.inputFields ?? []).filter((field) => has(field.name)).map((field) => ({ type, field })));
    const rows = members.slice(0, MOST_FOUND).map(({ type, field }) => this.#field(type, field, true));
    if (named.length + rows.length === 0) return [element("p.empty", {}, "Nothing has this in its name.")];
    return [element("ul.types", {}, ...named.slice(0, MOST_FOUND)), element("ul.fields", {}, ...rows)];
  }

  #type(type) {
    const parts = [element("h3", {}, type.name, element("span.detail", {}, ` ${type.isOneOf ? "one-of " : ""}${type.kind.toLowerCase().replace("_", " ")}`)), this.#description(type)];
    if (type.specifiedByURL) parts.push(element("p.description", {}, `Specified by ${type.specifiedByURL}`));
    const others = (title, list) => { if (list?.length > 0) parts.push(element("h4", {}, title), element("ul.types", {}, ...list.map(({ name }) => element("li", {}, this.#typeLink(name))))); };
    others("Implements", type.interfaces);
    if (type.fields) parts.push(this.#fields(type, type.fields));
    if (type.inputFields) parts.push(this.#fields(type, type.inputFields));
    if (type.enumValues) parts.push(element("ul.fields", {}, ...type.enumValues.map((value) => element("li", {}, element("span.enum", {}, value.name), this.#description(value)))));
    others(type.kind === "UNION" ? "One of" : "Implemented by", type.possibleTypes);
    return parts;
  }

  #fields(type, fields) {
    return element("ul.fields", {}, ...fields.map((field) => this.#field(type, field, false)));
  }

  #field(type, field, qualified) {
    const insert = isComposite(type)
      ? element("button.insert", { type: "button", "aria-label": `Insert ${field.name}`, title: `Insert ${type.name}.${field.name}`, click: () => this.#onInsert(type, field) }, "+")
      : null;
    const args = (field.args ?? []).flatMap((argument, index) => [
      index > 0 ? ", " : "", element("span.argument", { title: argument.description }, argument.name), ": ", this.#typeLink(written(argument.type), this.#schema.named(argument.type)?.name)]);
    const signature = element(`code${field.isDeprecated ? ".deprecated" : ""}`, {}, qualified ? element("span.detail", {}, `${type.name}.`) : null,
      element("span.field", {}, field.name), ...(args.length > 0 ? ["(", ...args, ")"] : []), ": ", this.#typeLink(written(field.type), this.#schema.named(field.type)?.name),
      field.defaultValue != null ? ` = ${field.defaultValue}` : null);
    return element("li", {}, element("div.member", {}, insert, signature), this.#description(field));
  }

  #description({ description, isDeprecated, deprecationReason }) {
    const text = [isDeprecated ? `Deprecated: ${deprecationReason ?? ""}` : "", description ?? ""].filter(Boolean).join("\n");
    return text ? element("p.description", {}, text) : null;
  }

  #typeLink(text, name = text) {
    return element("button.type", { type: "button", click: () => this.#open(name) }, text);
  }
}
