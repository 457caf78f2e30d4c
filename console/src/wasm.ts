/** What a contract's code asks of its engine: the imports of its module. */

/** An import. */
export interface Import {
  module: string;
  name: string;
  kind: string;
}

const KINDS = ["function", "table", "memory", "global"];

/**
 * Reads the imports.
 *
 * @throws Error if it is no module of WebAssembly.
 */
export function importsOf(code: Uint8Array): Import[] {
  let at = 0;
  const byte = () => {
    const it = code[at];
    if (it === undefined) throw new Error("the code ends too early: it is no module of WebAssembly");
    at += 1;
    return it;
  };
  const number = () => {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const it = byte();
      if (shift > 28) throw new Error("the code has a number that is too long");
      value += (it & 0x7f) * 2 ** shift;
      if (it < 0x80) return value;
    }
  };
  const text = () => {
    const length = number();
    if (at + length > code.length) throw new Error("the code ends too early: it is no module of WebAssembly");
    const it = new TextDecoder().decode(code.subarray(at, at + length));
    at += length;
    return it;
  };
  if (code.length < 8 || code[0] !== 0 || code[1] !== 0x61 || code[2] !== 0x73 || code[3] !== 0x6d || code[4] !== 1) {
    throw new Error("the code isn't WebAssembly of version 1");
  }
  at = 8;
  const found: Import[] = [];
  while (at < code.length) {
    const id = byte();
    const end = number() + at;
    if (end > code.length) throw new Error("the code ends too early: it is no module of WebAssembly");
    if (id === 2) {
      for (let left = number(); left > 0; left -= 1) {
        const [module, name, kind] = [text(), text(), byte()];
        found.push({ module, name, kind: KINDS[kind] ?? `kind ${kind}` });
        if (kind === 0) number();
        else if (kind === 3) at += 2;
        else {
          if (kind === 1) byte();
          const bounded = number() & 1;
          number();
          if (bounded) number();
        }
      }
    }
    at = end;
  }
  return found;
}
