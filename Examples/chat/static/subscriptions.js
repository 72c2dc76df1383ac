/**
 * A client of graphql-transport-ws in one file: it connects, subscribes, and when the connection is lost it comes back and
 * subscribes again. https://github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md
 */

const PROTOCOL = "graphql-transport-ws";
const FIRST_DELAY = 500;
const LONGEST_DELAY = 15_000;

/** Close codes after which another try would end the same way: the client is refused, or it made a mistake. */
const FINAL = new Set([4400, 4401, 4403, 4406]);

export class SubscriptionClient {
  #url;
  #payload;
  #onStatus;
  #socket = null;
  #acknowledged = false;
  #operations = new Map();
  #lastId = 0;
  #failures = 0;
  #timer = null;

  /**
   * @param {string} url the endpoint: `wss://...`
   * @param {object} payload what `connection_init` carries
   * @param {(status: "connecting" | "live" | "waiting" | "refused" | "closed", reason: string) => void} onStatus
   */
  constructor(url, payload, onStatus) {
    this.#url = url;
    this.#payload = payload;
    this.#onStatus = onStatus;
    // No use in waiting any longer when the network is back.
    addEventListener("online", () => { if (this.#timer !== null) this.connect(); });
  }

  connect() {
    clearTimeout(this.#timer);
    this.#timer = null;
    this.#onStatus("connecting", "");
    const socket = this.#socket = new WebSocket(this.#url, PROTOCOL);
    socket.onopen = () => this.#send({ type: "connection_init", payload: this.#payload });
    socket.onmessage = ({ data }) => this.#receive(JSON.parse(data));
    socket.onclose = ({ code, reason }) => { if (socket === this.#socket) this.#lost(code, reason); };
  }

  /**
   * Subscribes, now or as soon as there is a connection, and again on every new connection.
   *
   * @param {string} query
   * @param {object} variables
   * @param {{next: (data: object) => void, error?: (errors: {message: string}[]) => void}} handlers
   * @returns {() => void} ends the subscription
   */
  subscribe(query, variables, handlers) {
    const id = String(++this.#lastId);
    this.#operations.set(id, { payload: { query, variables }, handlers });
    if (this.#acknowledged) this.#start(id);
    return () => {
      if (this.#operations.delete(id) && this.#acknowledged) this.#send({ id, type: "complete" });
    };
  }

  close() {
    clearTimeout(this.#timer);
    this.#timer = null;
    const socket = this.#socket;
    this.#socket = null;
    this.#acknowledged = false;
    socket?.close(1000);
    this.#onStatus("closed", "");
  }

  #start(id) {
    this.#send({ id, type: "subscribe", payload: this.#operations.get(id).payload });
  }

  #receive(message) {
    const operation = this.#operations.get(message.id);
    switch (message.type) {
      case "connection_ack":
        this.#acknowledged = true;
        this.#failures = 0;
        this.#onStatus("live", "");
        for (const id of this.#operations.keys()) this.#start(id);
        break;
      case "ping":
        this.#send({ type: "pong", payload: message.payload });
        break;
      case "next":
        // A `next` may still be under way when the client completes: then there is no such operation any more.
        if (message.payload.errors) operation?.handlers.error?.(message.payload.errors);
        if (message.payload.data) operation?.handlers.next(message.payload.data);
        break;
      case "error":
        this.#operations.delete(message.id);
        operation?.handlers.error?.(message.payload);
        break;
      case "complete":
        this.#operations.delete(message.id);
        break;
    }
  }

  #send(message) {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(message));
  }

  #lost(code, reason) {
    this.#socket = null;
    this.#acknowledged = false;
    if (FINAL.has(code)) {
      this.#onStatus("refused", reason);
      return;
    }
    // Doubled each time, and anywhere in its second half: a server that was restarted is not met by everybody at once.
    const longest = Math.min(LONGEST_DELAY, FIRST_DELAY * 2 ** this.#failures++);
    this.#onStatus("waiting", reason);
    this.#timer = setTimeout(() => this.connect(), longest * (0.5 + Math.random() / 2));
  }
}
