/** The board of a stop, the long delays there, and the desk that announces. */

import { listen } from "./events.js";

const BOARD = "subscription Board($stop: ID!, $lines: [String!]) { board(stop: $stop, lines: $lines) { id line destination due delay platform state advice } }";
const DELAYED = "subscription Delayed($stop: ID!, $minutes: Int!) { delayed(stop: $stop, minutes: $minutes) { line destination due delay } }";
const STOPS = { "harbour": "Harbour", "old-town": "Old Town" };
const STATES = { connecting: "Connecting…", live: "Live", waiting: "Connection lost. Trying again…", refused: "Not served" };

const $ = (id) => document.getElementById(id);

/** What is on the board, by id. */
const departures = new Map();
/** The lines that are chosen; none is all. */
const chosen = new Set();
let stop = stopInAddress();
let stopBoard = () => {};
let stopDelays = () => {};

function stopInAddress() {
  const id = location.hash.slice(1);
  return id in STOPS ? id : "harbour";
}

// MARK: What is listened to

function openBoard() {
  stopBoard();
  $("problem").textContent = "";
  stopBoard = listen(BOARD, { stop, lines: chosen.size > 0 ? [...chosen] : null }, {
    next({ board }, isFirst) {
      // The first message is the whole board, also when the stream had broken off: what was missed meanwhile is in it.
      if (isFirst) departures.clear();
      for (const departure of board) departures.set(departure.id, departure);
      showBoard();
      if (isFirst && chosen.size === 0) {
        showLines();
        showDesk();
      }
    },
    error: (errors) => { $("problem").textContent = errors.map((error) => error.message).join(" "); },
    state: (state) => {
      $("state").dataset.state = state;
      $("state").textContent = STATES[state];
    },
  });
}

function openDelays() {
  stopDelays();
  stopDelays = listen(DELAYED, { stop, minutes: Number($("minutes").value) }, {
    next({ delayed }) {
      const item = document.createElement("li");
      item.textContent = `Line ${delayed.line} to ${delayed.destination}, due ${delayed.due}, is ${delayed.delay} minutes late.`;
      $("delays").prepend(item);
      while ($("delays").childElementCount > 20) $("delays").lastElementChild.remove();
    },
    error: (errors) => { $("problem").textContent = errors.map((error) => error.message).join(" "); },
  });
}

function openStop() {
  chosen.clear();
  departures.clear();
  $("delays").replaceChildren();
  $("stop-name").textContent = STOPS[stop];
  document.title = `${STOPS[stop]} · Departures`;
  $("stops").replaceChildren(...Object.entries(STOPS).map(([id, name]) => {
    const link = document.createElement("a");
    link.href = `#${id}`;
    link.textContent = name;
    if (id === stop) link.setAttribute("aria-current", "page");
    return link;
  }));
  openBoard();
  openDelays();
}

// MARK: What is shown

function cell(text, className = "") {
  const cell = document.createElement("td");
  cell.textContent = text;
  cell.className = className;
  return cell;
}

function later(due, minutes) {
  const [hour, minute] = due.split(":").map(Number);
  const total = (hour * 60 + minute + minutes) % 1440;
  return `${String(Math.floor(total / 60)).padStart(2, "0")}:${String(total % 60).padStart(2, "0")}`;
}

function now({ state, due, delay }) {
  if (state === "CANCELLED") return "cancelled";
  return delay > 0 ? `${later(due, delay)} (+${delay} min)` : "on time";
}

function showBoard() {
  const inOrder = [...departures.values()].sort((one, other) => one.due.localeCompare(other.due));
  $("board").replaceChildren(...inOrder.flatMap((departure) => {
    const row = document.createElement("tr");
    row.dataset.id = departure.id;
    row.dataset.state = departure.state === "CANCELLED" ? "cancelled" : departure.delay > 0 ? "late" : "on-time";
    row.append(cell(departure.due, "due"), cell(departure.line, "line"), cell(departure.destination), cell(departure.platform), cell(now(departure), "now"));
    if (departure.advice === null) return [row];
    const advice = document.createElement("tr");
    advice.className = "advice";
    advice.append(cell(""), cell(departure.advice));
    advice.lastElementChild.colSpan = 4;
    return [row, advice];
  }));
}

/** A box for each line that stops here. They are known from the board that has all of them. */
function showLines() {
  const lines = [...new Set([...departures.values()].map((departure) => departure.line))].sort();
  $("lines").replaceChildren($("lines").firstElementChild, ...lines.map((line) => {
    const label = document.createElement("label");
    const box = document.createElement("input");
    box.type = "checkbox";
    box.onchange = () => {
      if (box.checked) chosen.add(line); else chosen.delete(line);
      openBoard();
    };
    label.append(box, line);
    return label;
  }));
  for (const label of $("lines").querySelectorAll("label")) label.firstElementChild.checked = chosen.has(label.textContent);
}

// MARK: The desk

function showDesk() {
  const before = $("departure").value;
  $("departure").replaceChildren(...[...departures.values()].map(({ id, due, line, destination }) => new Option(`${due} ${line} ${destination}`, id)));
  if (departures.has(before)) $("departure").value = before;
  fillDesk();
}

function fillDesk() {
  const departure = departures.get($("departure").value);
  if (departure === undefined) return;
  $("delay").value = departure.delay;
  $("platform").value = departure.platform;
  $("cancelled").checked = departure.state === "CANCELLED";
}

$("departure").onchange = fillDesk;

$("desk").onsubmit = async (event) => {
  event.preventDefault();
  const change = {
    delay: Number($("delay").value),
    platform: $("platform").value,
    state: $("cancelled").checked ? "CANCELLED" : "RUNNING",
  };
  try {
    const response = await fetch(`departures/${$("departure").value}`, {
      method: "PATCH", headers: { "content-type": "application/json" }, body: JSON.stringify(change),
    });
    $("answer").textContent = response.ok ? "Announced." : `Not announced: ${(await response.json()).error}.`;
  } catch (error) {
    $("answer").textContent = `Not announced: ${error.message}.`;
  }
};

$("minutes").onchange = openDelays;
addEventListener("hashchange", () => {
  stop = stopInAddress();
  openStop();
});
openStop();
