/** The runs: a tab for each, and what is known of the chosen one. */

import { Chart } from "./chart.js";
import { byId, copy, element, onceAFrame, save } from "./dom.js";
import { EventList } from "./eventlist.js";
import { now } from "./runs.js";
import { moved } from "./tabs.js";

const SPAN = 60;
const STATES = {
  starting: "Starting…", running: "Running", waiting: "Connection lost. Trying again…", complete: "Complete", failed: "Failed", stopped: "Stopped",
};

export class Results {
  #runs = [];
  #tabs = new Map();
  #chosen = null;
  #onPlace;
  #list = new EventList(byId("events"), byId("events-note"));
  #charts = [
    new Chart(byId("chart-rate"), { title: "Events a second", unit: "", lines: [{ key: "rate", name: "all" }, { key: "failed", name: "with errors" }] }),
    new Chart(byId("chart-gap"), { title: "Time between events", unit: "ms", lines: [{ key: "gap", name: "median" }, { key: "gapHigh", name: "95 %" }] }),
    new Chart(byId("chart-age"), { title: "Age of events", unit: "ms", lines: [{ key: "age", name: "median" }, { key: "ageHigh", name: "95 %" }] }),
  ];

  /** @param {(location: {line: number, column: number}) => void} onPlace somebody wants to see where an error is */
  constructor(onPlace) {
    this.#onPlace = onPlace;
    byId("stop").addEventListener("click", () => this.#chosen?.stop());
    byId("clear").addEventListener("click", () => this.#chosen?.clear());
    byId("pause").addEventListener("click", () => this.#pause(!this.#list.paused));
    byId("search").addEventListener("input", () => this.#filter());
    byId("failed-only").addEventListener("change", () => this.#filter());
    byId("expand").addEventListener("change", ({ target }) => this.#list.expand(target.checked));
    byId("copy-results").addEventListener("click", ({ target }) => copy(this.#lines(), target));
    byId("save-results").addEventListener("click", () => save(`${this.#chosen?.title ?? "results"}.jsonl`, "application/jsonl", this.#lines()));
    byId("age-path").addEventListener("change", ({ target }) => { if (this.#chosen) this.#chosen.path = target.value || null; });
    byId("runs").addEventListener("keydown", (event) => {
      const next = moved([...byId("runs").querySelectorAll("[role=tab]")], event);
      if (next) this.choose(this.#runs.find((run) => this.#tabs.get(run).tab === next));
      if (event.key === "Delete" && this.#chosen) this.remove(this.#chosen);
    });
    // The clock moves the charts, be there events or not.
    setInterval(() => this.#drawCharts(), 1000);
  }

  get running() {
    return this.#runs.filter((run) => !run.isOver);
  }

  add(run) {
    const tab = element("button", { role: "tab", type: "button", id: `run-${run.id}`, "aria-controls": "run", click: () => this.choose(run) },
      element("span.dot"), element("span.title", {}, run.title), element("span.count"));
    const close = element("button.quiet", { type: "button", tabindex: "-1", "aria-label": `Remove ${run.title}`, click: () => this.remove(run) }, "×");
    const entry = element("span.run-tab", { role: "presentation" }, tab, close);
    this.#runs.push(run);
    this.#tabs.set(run, { tab, entry });
    byId("runs").append(entry);
    this.choose(run);
  }

  choose(run) {
    this.#chosen = run;
    for (const [other, { tab }] of this.#tabs) {
      tab.setAttribute("aria-selected", String(other === run));
      tab.tabIndex = other === run ? 0 : -1;
    }
    byId("run").hidden = !run;
    byId("no-run").hidden = Boolean(run);
    if (!run) return;
    byId("run").setAttribute("aria-labelledby", `run-${run.id}`);
    byId("charts").hidden = run.kind !== "subscription";
    this.#pause(false);
    this.#list.show(run);
    this.#drawTab(run);
    this.#drawRun();
    this.#drawCharts();
  }

  /** Stops a run and forgets it. */
  remove(run) {
    run.stop();
    this.#tabs.get(run).entry.remove();
    this.#tabs.delete(run);
    const index = this.#runs.indexOf(run);
    this.#runs.splice(index, 1);
    if (run === this.#chosen) this.choose(this.#runs[Math.min(index, this.#runs.length - 1)] ?? null);
  }

  /** Something happened to a run. */
  changed(run) {
    this.#dirty.add(run);
    this.#draw();
  }

  #dirty = new Set();
  #draw = onceAFrame(() => {
    for (const run of this.#dirty) if (this.#tabs.has(run)) this.#drawTab(run);
    if (this.#dirty.has(this.#chosen)) {
      this.#drawRun();
      this.#list.draw();
    }
    this.#dirty.clear();
  });

  #drawTab(run) {
    const { tab } = this.#tabs.get(run);
    tab.dataset.state = run.state;
    tab.title = STATES[run.state];
    tab.querySelector(".count").textContent = run.kind === "subscription" ? run.total.toLocaleString("en") : "";
  }

  #drawRun() {
    const run = this.#chosen;
    const said = `${STATES[run.state]}${run.state === "waiting" && run.detail ? ` (${run.detail})` : ""}`;
    // Screen readers read it when it changes, and only then.
    if (byId("run-state").textContent !== said) byId("run-state").textContent = said;
    byId("run-state").dataset.state = run.state;
    byId("run-count").textContent = `${run.total.toLocaleString("en")} ${run.total === 1 ? "result" : "results"}${run.failed > 0 ? `, ${run.failed.toLocaleString("en")} with errors` : ""}`;
    byId("stop").disabled = run.isOver;
    byId("errors").replaceChildren(...run.errors.map((error) => this.#error(error)));
    byId("errors").hidden = run.errors.length === 0;
    byId("chart-age").hidden = run.paths.length === 0;
    const paths = run.paths.join(" ");
    if (byId("age-path").dataset.paths === paths) return;
    byId("age-path").dataset.paths = paths;
    byId("age-path").replaceChildren(element("option", { value: "" }, "no field"), ...run.paths.map((path) => element("option", { value: path, selected: path === run.path }, path)));
    this.#drawCharts();
  }

  #error({ message, path, locations, extensions }) {
    const places = (locations ?? []).map((place) =>
      element("button.link", { type: "button", click: () => this.#onPlace(place) }, `line ${place.line}, column ${place.column}`));
    return element("li", {}, element("span", {}, message), extensions?.code ? element("code", {}, extensions.code) : null,
      path ? element("code", {}, path.join(".")) : null, ...places);
  }

  #drawCharts() {
    const run = this.#chosen;
    if (!run || run.kind !== "subscription" || document.hidden || !byId("charts").open) return;
    // What is over keeps the picture of its last minute.
    if (!run.isOver) run.lastShown = now();
    const rows = run.series.rows(run.lastShown ?? now(), SPAN);
    for (const chart of this.#charts) chart.draw(rows);
  }

  #pause(paused) {
    if (this.#chosen) this.#list.pause(paused);
    byId("pause").setAttribute("aria-pressed", String(this.#list.paused));
    byId("pause").textContent = this.#list.paused ? "Resume" : "Pause";
  }

  #filter() {
    this.#list.filter(byId("search").value, byId("failed-only").checked);
  }

  /** What the list would show, a result a line. */
  #lines() {
    return this.#list.matching.map(({ text }) => `${text}\n`).join("");
  }
}
