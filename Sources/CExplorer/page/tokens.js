/** The tokens of GraphQL (section 2.1 of its specification). JSON is made of the same ones, so that variables and results are read by them, too. */

const TOKEN = new RegExp(
  [
    String.raw`(?<comment>#[^\n\r]*)`,
    String.raw`(?<block>"""(?:\\"""|[^])*?(?:"""|$))`,
    String.raw`(?<string>"(?:\\.|[^"\\\n\r])*"?)`,
    String.raw`(?<name>[_A-Za-z]\w*)`,
    String.raw`(?<number>-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)`,
    String.raw`(?<punctuator>\.\.\.|[!$&()[\]{}:=@|])`,
    String.raw`(?<invalid>[^\s,\ufeff])`,
  ].join("|"),
  "g",
);

/**
 * The tokens of a text, whatever it is: what fits none is `invalid`. White space and commas are left out, comments are not.
 *
 * @param {string} source
 * @returns {{kind: string, text: string, start: number, end: number}[]}
 */
export function tokens(source) {
  return Array.from(source.matchAll(TOKEN), ({ 0: text, index, groups }) => {
    let kind = "invalid";
    for (const name in groups) if (groups[name] !== undefined) kind = name;
    return { kind, text, start: index, end: index + text.length };
  });
}

/**
 * The tokens of JSON with the role that each has: what the editors and results are coloured by.
 *
 * @param {string} source
 */
export function jsonRoles(source) {
  const all = tokens(source);
  return all.map((token, index) => {
    let role = token.kind;
    if (role === "string" && all[index + 1]?.text === ":") role = "key";
    else if (role === "name") role = /^(true|false|null)$/.test(token.text) ? "atom" : "invalid";
    else if (role === "comment" || role === "block") role = "invalid";
    return { ...token, role };
  });
}
