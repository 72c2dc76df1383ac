/** How often events came and how long they took, second by second, in bounded memory. */

const SECONDS = 600;
const SAMPLES = 256;

/** Some of the numbers that it was given, spread evenly over all of them, so that their quantiles are near those of all. */
export class Sample {
  #every = 1;
  #skipped = 0;
  #kept = [];

  add(value) {
    this.#skipped += 1;
    if (this.#skipped < this.#every) return;
    this.#skipped = 0;
    this.#kept.push(value);
    if (this.#kept.length < SAMPLES) return;
    this.#kept = this.#kept.filter((_, index) => index % 2 === 0);
    this.#every *= 2;
  }

  /** The value that a share of them (0 ... 1) is not above. Null where there is none. */
  quantile(share) {
    if (this.#kept.length === 0) return null;
    const sorted = this.#kept.toSorted((one, other) => one - other);
    return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
  }
}

export class Series {
  #seconds = new Map();

  /**
   * @param {number} at when an event came, in milliseconds since 1970
   * @param {number | null} gap milliseconds since the one before
   * @param {number | null} age milliseconds since the time that stands in it
   * @param {boolean} failed whether it has errors
   */
  add(at, gap, age, failed) {
    const second = Math.floor(at / 1000);
    let bucket = this.#seconds.get(second);
    if (!bucket) {
      this.#seconds.set(second, (bucket = { count: 0, failed: 0, gaps: new Sample(), ages: new Sample() }));
      // Keys of a Map keep the order in which they came.
      for (const old of this.#seconds.keys()) {
        if (old > second - SECONDS) break;
        this.#seconds.delete(old);
      }
    }
    bucket.count += 1;
    if (failed) bucket.failed += 1;
    if (gap !== null) bucket.gaps.add(gap);
    if (age !== null) bucket.ages.add(age);
  }

  /**
   * The last whole seconds, the oldest first. A second in which nothing came has a rate of zero and no times.
   *
   * @param {number} now
   * @param {number} span how many
   */
  rows(now, span) {
    const last = Math.floor(now / 1000) - 1;
    return Array.from({ length: span }, (_, index) => {
      const second = last - span + 1 + index;
      const bucket = this.#seconds.get(second);
      return {
        second,
        rate: bucket?.count ?? 0,
        failed: bucket?.failed ?? 0,
        gap: bucket?.gaps.quantile(0.5) ?? null,
        gapHigh: bucket?.gaps.quantile(0.95) ?? null,
        age: bucket?.ages.quantile(0.5) ?? null,
        ageHigh: bucket?.ages.quantile(0.95) ?? null,
      };
    });
  }
}
