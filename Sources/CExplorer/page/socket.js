/** Operations over one WebSocket, by graphql-transport-ws: https://github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md */

import { Retry } from "./retry.js";

const PROTOCOL = "graphql-transport-ws";

/** Close codes after which another try would end the same way: the client is refused, or it made a mistake. */
const FINAL = new Set([4400, 4401, 4403, 4406, 4409, 4429, 4500]);

/** What the server calls a socket that ended so, where it gave no reason. */
const MEANINGS = { 1001: "The server is going away.", 1006: "The connection was lost.", 1009: "The message was too large." };

/**
 * @typedef {object} Sink what becomes of an operation
 * @property {() => void} sent the server has been asked
 * @property {(text: string, result: object) => void} next a result: as JSON, and what it says
 * @property {(errors: {message: string}[]) => void} failed the operation is over, and this is why
 * @property {() => void} complete the operation is over
 * @property {(reason: string) => void} lost the connection is away; the operation will be sent again
 */

export class SocketConnection {
  #url;
  #payload;
  #onState;
  #socket = null;
  #acknowledged = false;
  #operations = new Map();
  #lastId = 0;
  #retry = new Retry();
  #firstOpened;

  /** Whether the first try to connect reached a server that speaks the protocol. */
  reached = new Promise((resolve) => { this.#firstOpened = resolve; });

  /**
   * @param {string} url
   * @param {object | undefined} payload what `connection_init` carries
   * @param {(state: "connecting" | "live" | "waiting" | "refused" | "idle", detail: string) => void} onState
   */
  constructor(url, payload, onState) {
    this.#url = url;
    this.#payload = payload;
    this.#onState = onState;
  }

  get busy() {
    return this.#operations.size > 0;
  }

  connect() {
    this.#retry.stop();
    this.#onState("connecting", "");
    const socket = (this.#socket = new WebSocket(this.#url, PROTOCOL));
    socket.onopen = () => {
      this.#firstOpened(true);
      this.#send({ type: "connection_init", payload: this.#payload });
    };
    socket.onmessage = ({ data }) => this.#receive(data);
    socket.onclose = ({ code, reason }) => { if (socket === this.#socket) this.#lost(code, reason); };
  }

  /**
   * @param {{query: string, operationName?: string, variables?: object}} request
   * @param {boolean} again whether to send it again after the connection was lost
   * @param {Sink} sink
   * @returns {() => void} ends the operation
   */
  run(request, again, sink) {
    const id = String(++this.#lastId);
    this.#operations.set(id, { request, again, sink });
    if (this.#acknowledged) this.#start(id);
    else if (this.#socket === null) this.connect();
    return () => {
      if (this.#operations.delete(id) && this.#acknowledged) this.#send({ id, type: "complete" });
    };
  }

  /** Ends the connection; what runs on it is forgotten. */
  close() {
    this.#retry.stop();
    this.#operations.clear();
    const socket = this.#socket;
    this.#socket = null;
    this.#acknowledged = false;
    socket?.close(1000);
  }

  #start(id) {
    const { request, sink } = this.#operations.get(id);
    this.#send({ id, type: "subscribe", payload: request });
    sink.sent();
  }

  #receive(data) {
    const message = JSON.parse(data);
    const operation = this.#operations.get(message.id);
    switch (message.type) {
      case "connection_ack":
        this.#acknowledged = true;
        this.#retry.succeeded();
        this.#onState("live", "");
        for (const id of this.#operations.keys()) this.#start(id);
        break;
      case "ping":
        this.#send({ type: "pong", payload: message.payload });
        break;
      case "next":
        // A `next` may still be under way when the client completes: then there is no such operation any more.
        operation?.sink.next(payloadText(data, message), message.payload);
        break;
      case "error":
        this.#operations.delete(message.id);
        operation?.sink.failed(message.payload);
        break;
      case "complete":
        this.#operations.delete(message.id);
        operation?.sink.complete();
        break;
    }
  }

  #send(message) {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(message));
  }

  #lost(code, reason) {
    this.#firstOpened(false);
    this.#socket = null;
    this.#acknowledged = false;
    const said = reason || MEANINGS[code] || "The connection was closed.";
    const final = FINAL.has(code);
    for (const [id, { again, sink }] of this.#operations) {
      if (again && !final) {
        sink.lost(said);
        continue;
      }
      this.#operations.delete(id);
      sink.failed([{ message: `${said} (close code ${code})` }]);
    }
    if (this.busy) this.#retry.later(() => this.connect());
    this.#onState(final ? "refused" : this.busy ? "waiting" : "idle", said);
  }
}

/** The payload as the server wrote it: a number beyond 2^53 would not survive being read and written. */
function payloadText(data, { id, payload }) {
  const prefix = `{"id":${JSON.stringify(id)},"type":"next","payload":`;
  return data.startsWith(prefix) && data.endsWith("}") ? data.slice(prefix.length, -1) : JSON.stringify(payload);
}
