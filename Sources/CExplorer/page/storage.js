/** What the page keeps: the documents for as long as the browser does, what may hold secrets for as long as the tab. */

const PREFIX = "subsgen:";

export class Storage {
  #address;

  /** @param {string} address of the endpoint: each has its own documents */
  constructor(address) {
    this.#address = address;
  }

  read(name, secret = false) {
    try {
      return area(secret).getItem(this.#key(name));
    } catch {
      return null;  // Storage can be switched off.
    }
  }

  write(name, value, secret = false) {
    try {
      area(secret).setItem(this.#key(name), value);
    } catch {
      // The page works without it.
    }
  }

  #key(name) {
    return `${PREFIX}${this.#address}:${name}`;
  }
}

function area(secret) {
  return secret ? sessionStorage : localStorage;
}
