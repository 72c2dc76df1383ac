/** Elements in one expression. Text becomes text: nothing that a server says is ever read as markup. */

/**
 * @param {string} name `tag` or `tag.class`
 * @param {object} attributes functions become listeners, `true` is an attribute without a value, what is `false` or null is left out
 * @param {...(Node | string | null)} children
 */
export function element(name, attributes = {}, ...children) {
  const [tag, ...classes] = name.split(".");
  const made = document.createElement(tag);
  if (classes.length > 0) made.className = classes.join(" ");
  for (const [key, value] of Object.entries(attributes)) {
    if (typeof value === "function") made.addEventListener(key, value);
    else if (value !== false && value != null) made.setAttribute(key, value === true ? "" : value);
  }
  made.append(...children.filter((child) => child != null));
  return made;
}

/** The element of the page that has an id. */
export function byId(id) {
  return document.getElementById(id);
}

/** Calls a function once before the next picture, however often it is asked for until then. */
export function onceAFrame(action) {
  let asked = false;
  return () => {
    if (asked) return;
    asked = true;
    requestAnimationFrame(() => {
      asked = false;
      action();
    });
  };
}

/** Offers a text as a file. */
export function save(name, type, text) {
  const url = URL.createObjectURL(new Blob([text], { type }));
  element("a", { href: url, download: name }).click();
  URL.revokeObjectURL(url);
}

/** Puts a text on the clipboard and says so on the button for a moment. */
export async function copy(text, button) {
  const said = button.textContent;
  try {
    await navigator.clipboard.writeText(text);
    button.textContent = "Copied";
  } catch {
    button.textContent = "Not allowed";
  }
  setTimeout(() => { button.textContent = said; }, 1200);
}
