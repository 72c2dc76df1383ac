/** Tabs by the keyboard, too: https://www.w3.org/WAI/ARIA/apg/patterns/tabs/ */

/**
 * Joins buttons of the role `tab` to the panels that their `aria-controls` name.
 *
 * @param {HTMLElement} list
 */
export function joinTabs(list) {
  const tabs = [...list.querySelectorAll("[role=tab]")];
  const select = (chosen) => {
    for (const tab of tabs) {
      tab.setAttribute("aria-selected", String(tab === chosen));
      tab.tabIndex = tab === chosen ? 0 : -1;
      document.getElementById(tab.getAttribute("aria-controls")).hidden = tab !== chosen;
    }
  };
  list.addEventListener("click", ({ target }) => { if (tabs.includes(target.closest("[role=tab]"))) select(target.closest("[role=tab]")); });
  list.addEventListener("keydown", (event) => {
    const next = moved(tabs, event);
    if (next) select(next);
  });
  select(tabs[0]);
}

/**
 * Where an arrow key leads from the focused one of some elements, which is focused then.
 *
 * @returns {HTMLElement | undefined} nothing where it is another key, or none of them has the focus
 */
export function moved(elements, event, [back, forth] = ["ArrowLeft", "ArrowRight"]) {
  const index = elements.indexOf(document.activeElement);
  const last = elements.length - 1;
  const to = { [back]: Math.max(0, index - 1), [forth]: Math.min(last, index + 1), Home: 0, End: last }[event.key];
  if (index < 0 || to === undefined) return undefined;
  event.preventDefault();
  elements[to].focus();
  return elements[to];
}
