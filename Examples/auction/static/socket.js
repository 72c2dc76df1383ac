/** Queries, mutations and subscriptions over one WebSocket: https://github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md */

const REFUSED = new Set([4400, 4401, 4403, 4406]);

/**
 * Connects, and connects again when the connection is lost. What is watched is watched again then, from the beginning: also what the
 * server had completed, since it completes everything before it goes away.
 *
 * @param {string} url
 * @param {object} payload what `connection_init` carries
 * @param {(state: "live" | "waiting" | "refused") => void} state
 */
export function connect(url, payload, state) {
  const asked = new Map();
  const watched = new Map();
  let socket;
  let isLive = false;
  let failures = 0;
  let lastId = 0;

  const send = (message) => socket.send(JSON.stringify(message));
  const subscribe = (id, request) => send({ id, type: "subscribe", payload: request });

  function receive({ id, type, payload }) {
    if (type === "connection_ack") {
      isLive = true;
      failures = 0;
      state("live");
      for (const [id, { request }] of watched) subscribe(id, request);
    } else if (type === "ping") {
      send({ type: "pong" });
    } else if (type === "next" || type === "error") {
      const { data, errors } = type === "next" ? payload : { errors: payload };
      watched.get(id)?.next(data, errors);
      if (errors) asked.get(id)?.reject(new Error(errors.map((error) => error.message).join(" ")));
      else asked.get(id)?.resolve(data);
      asked.delete(id);
    }
  }

  function lost(code) {
    isLive = false;
    for (const { reject } of asked.values()) reject(new Error("The connection was lost before there was an answer."));
    asked.clear();
    if (REFUSED.has(code)) return state("refused");
    state("waiting");
    setTimeout(open, Math.min(15_000, 400 * 2 ** failures++) * (0.5 + Math.random() / 2));
  }

  function open() {
    socket = new WebSocket(url, "graphql-transport-ws");
    socket.onopen = () => send({ type: "connection_init", payload });
    socket.onmessage = ({ data }) => receive(JSON.parse(data));
    socket.onclose = ({ code }) => lost(code);
  }

  open();
  return {
    /** The answer to a query or a mutation. It is not asked twice: nobody knows whether a lost mutation arrived. */
    ask(query, variables = {}) {
      if (!isLive) return Promise.reject(new Error("There is no connection."));
      return new Promise((resolve, reject) => {
        const id = String(++lastId);
        asked.set(id, { resolve, reject });
        subscribe(id, { query, variables });
      });
    },
    /** Calls `next` with the data and the errors of each result, for as long as the page is open. */
    watch(query, variables, next) {
      const id = String(++lastId);
      watched.set(id, { request: { query, variables }, next });
      if (isLive) subscribe(id, { query, variables });
    },
  };
}
