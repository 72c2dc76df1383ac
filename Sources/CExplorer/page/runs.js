/** An operation that was started: what became of it, and its latest results. */

import { Series } from "./series.js";
import { instantAt, timestampPaths } from "./timestamps.js";

/** Characters of results that a run keeps at most, whatever their number. */
const MOST_CHARACTERS = 32 * 1024 * 1024;
/** Results after which a run that has seen no times looks for none any more. */
const LOOKS = 50;

/** Milliseconds since 1970, finer than `Date.now()`. */
export function now() {
  return performance.timeOrigin + performance.now();
}

/** What came last, by number and by size. */
export class Recent {
  #items = [];
  #size = 0;

  constructor(capacity) {
    this.capacity = capacity;
  }

  /** The oldest first. */
  get items() {
    return this.#items;
  }

  /** @param {{text: string}} item */
  add(item) {
    this.#items.push(item);
    this.#size += item.text.length;
    let surplus = 0;
    while (this.#items.length - surplus > 1 && (this.#items.length - surplus > this.capacity || this.#size > MOST_CHARACTERS)) {
      this.#size -= this.#items[surplus].text.length;
      surplus += 1;
    }
    if (surplus > 0) this.#items.splice(0, surplus);
  }

  clear() {
    this.#items = [];
    this.#size = 0;
  }
}

export class Run {
  /** @type {"starting" | "running" | "waiting" | "complete" | "failed" | "stopped"} */
  state = "starting";
  detail = "";
  errors = [];
  total = 0;
  failed = 0;
  paths = [];
  path = null;
  series = new Series();
  stop = () => {};
  #last = null;
  #onChange;

  /**
   * @param {{id: number, title: string, kind: string, request: object, capacity: number}} about
   * @param {(run: Run) => void} onChange called after each change, often
   */
  constructor({ id, title, kind, request, capacity }, onChange) {
    Object.assign(this, { id, title, kind, request });
    this.recent = new Recent(capacity);
    this.#onChange = onChange;
  }

  get isOver() {
    return ["complete", "failed", "stopped"].includes(this.state);
  }

  /** Results that came and are not kept any more. */
  get forgotten() {
    return this.total - this.recent.items.length;
  }

  /** Starts the operation. */
  start(connection) {
    const end = connection.run(this.request, this.kind === "subscription", {
      sent: () => this.#become("running"),
      next: (text, result) => this.#add(text, result),
      failed: (errors) => {
        this.errors = errors;
        this.#become("failed", errors[0]?.message ?? "");
      },
      complete: () => this.#become("complete"),
      lost: (reason) => {
        this.#last = null;
        this.#become("waiting", reason);
      },
    });
    this.stop = () => {
      if (this.isOver) return;
      end();
      this.#become("stopped");
    };
  }

  clear() {
    this.recent.clear();
    this.total = this.failed = 0;
    this.#last = null;
    this.series = new Series();
    this.#onChange(this);
  }

  #become(state, detail = "") {
    if (this.isOver) return;
    this.state = state;
    this.detail = detail;
    this.#onChange(this);
  }

  #add(text, result) {
    const at = now();
    const gap = this.#last === null ? null : at - this.#last;
    this.#last = at;
    this.total += 1;
    const failed = (result.errors?.length ?? 0) > 0;
    if (failed) {
      this.failed += 1;
      this.errors = result.errors;
    }
    if (this.paths.length === 0 && this.total <= LOOKS) {
      this.paths = timestampPaths(result.data ?? null, at);
      this.path = this.paths[0] ?? null;
    }
    const time = this.path === null ? null : instantAt(result.data, this.path, at);
    const age = time === null ? null : at - time;
    this.recent.add({ number: this.total, at, gap, age, text, failed });
    this.series.add(at, gap, age, failed);
    this.#onChange(this);
  }
}
