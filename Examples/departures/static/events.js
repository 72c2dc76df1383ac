/** Subscriptions by the browser's own EventSource: https://github.com/enisdenjo/graphql-sse/blob/master/PROTOCOL.md */

const FIRST_DELAY = 500;
const LONGEST_DELAY = 15_000;

/**
 * Listens until it is told to stop. When the stream ends or breaks, it listens again.
 *
 * EventSource would come back by itself from a lost connection, but not where it is answered by another status than 200, as by a server that
 * is going away or coming up; and a server that goes away in order completes the subscription first.
 *
 * @param {string} query
 * @param {object} variables
 * @param {object} handlers
 * @param {(data: object, isFirst: boolean) => void} handlers.next `isFirst` is true once for each stream
 * @param {(errors: {message: string}[]) => void} handlers.error
 * @param {(state: "connecting" | "live" | "waiting" | "refused") => void} [handlers.state]
 * @returns {() => void} ends it
 */
export function listen(query, variables, { next, error, state = () => {} }) {
  const url = "graphql?" + new URLSearchParams({ query, variables: JSON.stringify(variables) });
  let source;
  let timer;
  let failures = 0;

  function open() {
    let isFirst = true;
    let isRefused = false;
    state("connecting");
    source = new EventSource(url);
    source.onopen = () => {
      failures = 0;
      state("live");
    };
    source.addEventListener("next", (event) => {
      const { data, errors } = JSON.parse(event.data);
      // What is wrong with the operation itself leaves no data, and would be wrong the next time as well.
      isRefused = !data;
      if (errors) error(errors);
      if (data) next(data, isFirst);
      isFirst = false;
    });
    source.addEventListener("complete", () => end(isRefused));
    source.onerror = () => end(false);
  }

  function end(isRefused) {
    source.close();
    if (isRefused) {
      state("refused");
      return;
    }
    state("waiting");
    // Doubled each time, and anywhere in its second half: a server that was restarted is not met by everybody at once.
    const longest = Math.min(LONGEST_DELAY, FIRST_DELAY * 2 ** failures++);
    timer = setTimeout(open, longest * (0.5 + Math.random() / 2));
  }

  open();
  return () => {
    clearTimeout(timer);
    source.close();
  };
}
