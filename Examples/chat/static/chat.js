/** The page: one room at a time, its messages and who is in it. What people write reaches the page as text, never as HTML. */

import { SubscriptionClient } from "./subscriptions.js";

const MESSAGES = `subscription Messages($room: ID!, $author: String) {
  messageAdded(roomId: $room, author: $author) { id author { name } text sentAt }
}`;
const PRESENCE = `subscription Presence($room: ID!) {
  presenceChanged(roomId: $room) { members { name } }
}`;
const ROOMS = ["lobby", "music", "random"];
const STATUS = {
  connecting: "Connecting…", live: "Live", waiting: "Connection lost. Trying again…", refused: "Not let in", closed: "Not connected",
};

const $ = (id) => document.getElementById(id);
const time = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });

let name = "";
let client = null;
let room = roomInAddress();
let author = null;
let leaveRoom = () => {};
/** Whether messages may have been posted that this page was not told of. */
let behind = true;
const seen = new Set();

// MARK: Entering

function roomInAddress() {
  const id = decodeURIComponent(location.hash.slice(1)).toLowerCase();
  return /^[a-z0-9-]{1,40}$/.test(id) ? id : ROOMS[0];
}

function comeIn(newName) {
  name = newName.trim();
  sessionStorage.setItem("name", name);
  const scheme = location.protocol === "https:" ? "wss:" : "ws:";
  client = new SubscriptionClient(`${scheme}//${location.host}/graphql`, { name }, showStatus);
  client.connect();
  openRoom();
}

function showStatus(status, reason) {
  $("status").dataset.state = status;
  $("status").textContent = STATUS[status];
  if (status !== "live") {
    showMembers([]);
    behind = true;
  }
  if (status === "refused") {
    $("refusal").textContent = `The server did not let you in${reason ? `: ${reason}` : ""}.`;
    $("welcome").showModal();
  }
}

// MARK: A room

/** Leaves the room before and joins `room`; also when the filter changes. */
function openRoom() {
  leaveRoom();
  behind = true;
  seen.clear();
  $("messages").replaceChildren();
  $("room-title").textContent = `# ${room}`;
  document.title = `# ${room} · Chat`;
  $("filter").hidden = author === null;
  $("filter-name").textContent = author ?? "";
  showMembers([]);
  showRooms();
  showEmpty();

  const here = room;
  const onlyBy = author;
  const report = (errors) => { $("problem").textContent = errors.map((error) => error.message).join(" "); };
  const leaveMessages = client.subscribe(MESSAGES, { room, author }, { next: (data) => show(data.messageAdded), error: report });
  const leavePresence = client.subscribe(PRESENCE, { room }, {
    next: (data) => {
      showMembers(data.presenceChanged.members);
      // Presence was subscribed to second. So the server has taken the subscription to messages already, and whatever is posted
      // from now on comes by it: nothing can fall between the messages of before and those to come.
      if (behind) loadRecent(here, onlyBy);
    },
    error: report,
  });
  leaveRoom = () => { leaveMessages(); leavePresence(); };
}

async function loadRecent(from, onlyBy) {
  behind = false;
  const response = await fetch(`rooms/${from}/messages`);
  if (!response.ok || from !== room || onlyBy !== author) return;
  for (const message of await response.json()) {
    if (onlyBy === null || message.author.name === onlyBy) show(message);
  }
}

/** Puts a message in its place by time, once. */
function show(message) {
  if (seen.has(message.id)) return;
  seen.add(message.id);
  const scroll = $("scroll");
  const follows = scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < 80 || message.author.name === name;
  const list = $("messages");
  let before = null;
  for (let item = list.lastElementChild; item !== null && item.dataset.sentAt > message.sentAt; item = item.previousElementSibling) before = item;
  list.insertBefore(messageItem(message), before);
  showEmpty();
  if (follows) scroll.scrollTop = scroll.scrollHeight;
}

function showEmpty() {
  $("empty").hidden = seen.size > 0;
}

// MARK: Elements

function element(tag, className, text = "") {
  const node = document.createElement(tag);
  node.className = className;
  node.textContent = text;
  return node;
}

function avatar(of) {
  const node = element("span", "avatar", [...of][0]?.toUpperCase());
  node.setAttribute("aria-hidden", "true");
  node.style.setProperty("--hue", [...of].reduce((sum, character) => (sum * 31 + character.codePointAt(0)) % 360, 7));
  return node;
}

function messageItem(message) {
  const item = element("li", message.author.name === name ? "message own" : "message");
  item.dataset.sentAt = message.sentAt;
  const sentAt = element("time", "", time.format(new Date(message.sentAt)));
  sentAt.dateTime = message.sentAt;
  const head = element("p", "head");
  head.append(element("strong", "", message.author.name), sentAt);
  const body = element("div", "body");
  body.append(head, element("p", "text", message.text));
  item.append(avatar(message.author.name), body);
  return item;
}

function showMembers(members) {
  $("member-count").textContent = members.length || "";
  $("members").replaceChildren(...members.map((member) => {
    const button = element("button", "entry");
    button.type = "button";
    button.title = `Show only messages of ${member.name}`;
    button.setAttribute("aria-pressed", String(member.name === author));
    button.append(avatar(member.name), element("span", "", member.name));
    if (member.name === name) button.append(element("span", "you", "you"));
    button.onclick = () => filterBy(member.name === author ? null : member.name);
    const item = element("li", "");
    item.append(button);
    return item;
  }));
}

function showRooms() {
  const rooms = ROOMS.includes(room) ? ROOMS : [...ROOMS, room];
  $("rooms").replaceChildren(...rooms.map((id) => {
    const link = element("a", "entry", `# ${id}`);
    link.href = `#${id}`;
    if (id === room) link.setAttribute("aria-current", "page");
    const item = element("li", "");
    item.append(link);
    return item;
  }));
}

function filterBy(newAuthor) {
  author = newAuthor;
  openRoom();
}

// MARK: What people do

addEventListener("hashchange", () => {
  const next = roomInAddress();
  if (next === room || client === null) return;
  room = next;
  author = null;
  openRoom();
});

$("open-room").onsubmit = (event) => {
  event.preventDefault();
  location.hash = $("room-name").value;
  event.target.reset();
};

$("filter-clear").onclick = () => filterBy(null);

$("compose").onsubmit = async (event) => {
  event.preventDefault();
  const text = $("compose-text").value.trim();
  if (text === "") return;
  $("problem").textContent = "";
  try {
    const response = await fetch(`rooms/${room}/messages`, {
      method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ author: name, text }),
    });
    if (!response.ok) throw new Error(`the server answered ${response.status}`);
    $("compose-text").value = "";
  } catch (error) {
    $("problem").textContent = `Not sent: ${error.message}. Your message is still here.`;
  }
  $("compose-text").focus();
};

$("compose-text").onkeydown = (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    $("compose").requestSubmit();
  }
};

$("theme").onclick = () => {
  const dark = getComputedStyle(document.documentElement).colorScheme === "dark"
    || (!document.documentElement.dataset.theme && matchMedia("(prefers-color-scheme: dark)").matches);
  document.documentElement.dataset.theme = dark ? "light" : "dark";
};

$("enter").onsubmit = (event) => {
  event.preventDefault();
  $("refusal").textContent = "";
  $("welcome").close();
  comeIn($("name").value);
  $("compose-text").focus();
};
// There is nothing behind the question: Escape does not pass it by.
$("welcome").oncancel = (event) => event.preventDefault();

showRooms();
$("name").value = sessionStorage.getItem("name") ?? "";
$("welcome").showModal();
