/** Operations over HTTP, each with a stream of events of its own: https://github.com/enisdenjo/graphql-sse/blob/master/PROTOCOL.md */

import { Retry } from "./retry.js";

/**
 * The events of a stream, as text comes: https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream
 *
 * @param {AsyncIterable<string>} chunks
 */
export async function* readEvents(chunks) {
  let rest = "";
  let event = "";
  let data = [];
  for await (const chunk of chunks) {
    // A carriage return at the end may be half of a line break.
    const lines = (rest + chunk).split(/\r\n|\n|\r(?!$)/);
    rest = lines.pop();
    for (const line of lines) {
      if (line === "") {
        if (event || data.length > 0) yield { event: event || "message", data: data.join("\n") };
        event = "";
        data = [];
        continue;
      }
      const [, field, value] = /^([^:]*)(?:: ?(.*))?$/s.exec(line);
      if (field === "event") event = value ?? "";
      if (field === "data") data.push(value ?? "");
    }
  }
}

export class EventStreamConnection {
  #url;
  #headers;
  #onState;
  #running = new Set();

  /**
   * @param {string} url
   * @param {Record<string, string>} headers what goes along with each request
   * @param {(state: string, detail: string) => void} onState as that of a `SocketConnection`
   */
  constructor(url, headers, onState) {
    this.#url = url;
    this.#headers = headers;
    this.#onState = onState;
  }

  get busy() {
    return this.#running.size > 0;
  }

  /** Whether the server answers by events, or says why it does not want to. */
  async probe() {
    const cancel = new AbortController();
    try {
      const response = await this.#request({ query: "{ __typename }" }, cancel.signal);
      return streams(response) || [401, 403].includes(response.status);
    } catch {
      return false;
    } finally {
      cancel.abort();
    }
  }

  /** As that of a `SocketConnection`. */
  run(request, again, sink) {
    const cancel = new AbortController();
    this.#running.add(cancel);
    this.#follow(request, again, sink, cancel, new Retry());
    return () => {
      cancel.abort();
      this.#running.delete(cancel);
      if (!this.busy) this.#onState("idle", "");
    };
  }

  close() {
    for (const cancel of this.#running) cancel.abort();
    this.#running.clear();
  }

  #request(request, signal) {
    const headers = { ...this.#headers, accept: "text/event-stream", "content-type": "application/json" };
    return fetch(this.#url, { method: "POST", headers, body: JSON.stringify(request), signal });
  }

  async #follow(request, again, sink, cancel, retry) {
    const over = (state, detail = "") => {
      this.#running.delete(cancel);
      this.#onState(state === "idle" && this.busy ? "live" : state, detail);
    };
    const { signal } = cancel;
    signal.addEventListener("abort", () => retry.stop());
    this.#onState("connecting", "");
    try {
      const response = await this.#request(request, signal);
      if (!streams(response)) {
        const errors = await refusal(response);
        over("refused", errors[0].message);
        return sink.failed(errors);
      }
      retry.succeeded();
      this.#onState("live", "");
      sink.sent();
      for await (const { event, data } of readEvents(texts(response.body))) {
        if (event === "next") sink.next(data, JSON.parse(data));
        if (event !== "complete") continue;
        over("idle");
        return sink.complete();
      }
    } catch (error) {
      if (signal.aborted) return undefined;
      if (error instanceof SyntaxError) {
        over("refused", error.message);
        return sink.failed([{ message: `The server sent what is not JSON: ${error.message}` }]);
      }
    }
    if (signal.aborted) return undefined;
    if (!again) {
      over("idle");
      return sink.failed([{ message: "The connection was lost." }]);
    }
    this.#onState("waiting", "The connection was lost.");
    sink.lost("The connection was lost.");
    return retry.later(() => this.#follow(request, again, sink, cancel, retry));
  }
}

/** A body as text. Not every browser can iterate over a stream. */
async function* texts(body) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  for (let part = await reader.read(); !part.done; part = await reader.read()) yield part.value;
}

function streams(response) {
  return response.ok && /^text\/event-stream\b/i.test(response.headers.get("content-type") ?? "");
}

/** Why a server did not answer by events. */
async function refusal(response) {
  const text = await response.text();
  try {
    const { errors } = JSON.parse(text);
    if (errors?.length > 0) return errors;
  } catch {
    // Then it is for people.
  }
  const said = /^text\/plain\b/.test(response.headers.get("content-type") ?? "") ? text.trim() : "";
  return [{ message: `The server answered with status ${response.status}${said && `: ${said}`}` }];
}
