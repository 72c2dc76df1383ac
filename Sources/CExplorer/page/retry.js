/** When to try again what a lost connection took away. */

const FIRST = 500;
const LONGEST = 15_000;

export class Retry {
  #failures = 0;
  #timer = null;

  /** Whether somebody waits for the next try. */
  get waiting() {
    return this.#timer !== null;
  }

  /** Calls a function later. It takes twice as long each time, and anywhere in the second half: pages do not come back all at once. */
  later(action) {
    this.stop();
    const longest = Math.min(LONGEST, FIRST * 2 ** this.#failures++);
    this.#timer = setTimeout(() => {
      this.#timer = null;
      action();
    }, longest * (0.5 + Math.random() / 2));
  }

  succeeded() {
    this.#failures = 0;
  }

  stop() {
    clearTimeout(this.#timer);
    this.#timer = null;
  }
}
