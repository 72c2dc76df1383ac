/** The connections of the page: one for each way and identity, so that operations of several users run side by side. */

import { EventStreamConnection } from "./events.js";
import { SocketConnection } from "./socket.js";

/**
 * @typedef {object} Settings
 * @property {"automatic" | "socket" | "events"} way
 * @property {object | undefined} payload of `connection_init`, for sockets
 * @property {Record<string, string>} headers for streams of events
 */

export class Connections {
  #url;
  #onState;
  #open = new Map();

  /**
   * @param {URL} url the endpoint, by http or https
   * @param {(state: string, detail: string, way: string) => void} onState what the connection that was asked for last does
   */
  constructor(url, onState) {
    this.#url = url;
    this.#onState = onState;
  }

  /**
   * The connection for settings. Others are closed unless something runs on them.
   *
   * @param {Settings} settings
   */
  with(settings) {
    const key = JSON.stringify(settings);
    for (const [other, connection] of this.#open) {
      if (other === key || connection.busy) continue;
      connection.close();
      this.#open.delete(other);
    }
    let connection = this.#open.get(key);
    if (!connection) {
      const report = (state, detail, way) => { if (this.#open.get(key) === this.#latest) this.#onState(state, detail, way); };
      connection = new Connection(this.#url, settings, report);
      this.#open.set(key, connection);
    }
    this.#latest = connection;
    return connection;
  }

  #latest = null;
}

class Connection {
  #socket;
  #events;
  #settings;
  #chosen = null;
  #starting = 0;

  constructor(url, settings, onState) {
    const socketUrl = new URL(url);
    socketUrl.protocol = url.protocol.replace("http", "ws");
    this.#settings = settings;
    this.#socket = new SocketConnection(socketUrl.href, settings.payload, (state, detail) => onState(state, detail, "WebSocket"));
    this.#events = new EventStreamConnection(url.href, settings.headers, (state, detail) => onState(state, detail, "Event stream"));
  }

  get busy() {
    return this.#starting > 0 || this.#socket.busy || this.#events.busy;
  }

  /** Runs an operation, as `SocketConnection.run` does. */
  run(request, again, sink) {
    let stopped = false;
    let stop = () => {};
    this.#starting += 1;
    this.#chosen ??= this.#choose();
    this.#chosen.then((connection) => {
      this.#starting -= 1;
      if (!stopped) stop = connection.run(request, again, sink);
    });
    return () => {
      stopped = true;
      stop();
    };
  }

  close() {
    this.#socket.close();
    this.#events.close();
  }

  /** A socket, where one can be opened. Proxies that let none through let streams of events pass. */
  async #choose() {
    if (this.#settings.way === "events") return this.#events;
    if (this.#settings.way === "socket") return this.#socket;
    this.#socket.connect();
    if ((await this.#socket.reached) || !(await this.#events.probe())) return this.#socket;
    this.#socket.close();
    return this.#events;
  }
}
