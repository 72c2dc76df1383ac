/** Where events say when they happened. */

const DEEPEST = 6;
const RFC_3339 = /^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:?\d\d)$/;
const TIMELY_NAME = /(time|date|stamp|created|updated|sent|published|occurred|at$|ts$)/i;
const NEAR = 10 * 365 * 24 * 3600 * 1000;

/**
 * The time that a value stands for: RFC 3339 with an offset, or seconds, milliseconds or microseconds since 1970 where that is within ten
 * years of now.
 *
 * @returns {number | null} milliseconds since 1970
 */
export function instant(value, now) {
  if (typeof value === "string") {
    if (!RFC_3339.test(value)) return null;
    const time = Date.parse(value.replace(" ", "T"));
    return Number.isNaN(time) ? null : time;
  }
  if (typeof value !== "number") return null;
  return [value, value * 1000, value / 1000].find((time) => Math.abs(now - time) < NEAR) ?? null;
}

/**
 * The paths under which the data of a response have times, as `message.sentAt`. A number counts where its name says so, too. Of lists the
 * first element speaks.
 */
export function timestampPaths(data, now) {
  const found = [];
  const visit = (value, path, depth) => {
    if (value === null || depth > DEEPEST) return;
    if (Array.isArray(value)) return void (value.length > 0 && visit(value[0], path, depth + 1));
    if (typeof value === "object") return void Object.keys(value).forEach((name) => visit(value[name], [...path, name], depth + 1));
    if (typeof value === "number" && !TIMELY_NAME.test(path.at(-1) ?? "")) return;
    if (instant(value, now) !== null) found.push(path.join("."));
  };
  visit(data, [], 0);
  return found;
}

/** The time under a path of `timestampPaths`. */
export function instantAt(data, path, now) {
  let value = data;
  for (const name of path.split(".")) {
    while (Array.isArray(value)) value = value[0];
    value = value?.[name];
  }
  return instant(Array.isArray(value) ? value[0] : value, now);
}
