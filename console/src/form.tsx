/** Forms made from a contract's metadata. */
import type { JSX } from "preact";
import type { LookupEntry } from "./lookup.js";
import { fromHex } from "./format.js";
import { link } from "./link.js";

/** What stands in a form: text, ticks, and the same nested. */
export type Draft = string | boolean | Draft[] | { variant: string; of: Draft } | { [field: string]: Draft };

const BOUNDS: Record<string, [bigint, bigint]> = {};
for (const bits of [8, 16, 32, 64, 128, 256]) {
  BOUNDS[`u${bits}`] = [0n, 2n ** BigInt(bits) - 1n];
  BOUNDS[`i${bits}`] = [-(2n ** BigInt(bits - 1)), 2n ** BigInt(bits - 1) - 1n];
}

const isBytes = (entry: LookupEntry) => (entry.type === "sequence" || entry.type === "array") && entry.value.type === "primitive" && entry.value.value === "u8";

type Variant = Extract<LookupEntry, { type: "enum" }>["value"][string];

/** What a variant holds, as a type; none if nothing. */
function held(variant: Variant): LookupEntry | undefined {
  switch (variant.type) {
    case "void":
      return undefined;
    case "lookupEntry":
      return variant.value;
    default:
      return { id: -1, ...variant } as LookupEntry;
  }
}

/** An empty form. */
export function empty(entry: LookupEntry): Draft {
  switch (entry.type) {
    case "primitive":
      return entry.value === "bool" ? false : "";
    case "option":
      return { variant: "None", of: "" };
    case "result":
      return { variant: "Ok", of: empty(entry.value.ok) };
    case "enum": {
      const [name, variant] = Object.entries(entry.value)[0] ?? ["", { type: "void", idx: 0 } as Variant];
      const of = held(variant);
      return { variant: name, of: of ? empty(of) : "" };
    }
    case "struct":
      return Object.fromEntries(Object.entries(entry.value).map(([name, it]) => [name, empty(it)]));
    case "tuple":
      return entry.value.map(empty);
    case "sequence":
      return isBytes(entry) ? "" : [];
    case "array":
      return isBytes(entry) ? "" : Array.from({ length: entry.len }, () => empty(entry.value));
    default:
      return "";
  }
}

/** What a person wrote can't be read. */
export class FieldError extends Error {
  constructor(field: string, sentence: string) {
    super(`${field}: ${sentence}`);
  }
}

const name = (path: string, part: string | number) => (path ? `${path}.${part}` : String(part));

function integer(type: string, text: string, path: string): bigint {
  const plain = text.replace(/[\s_,\u202f]/g, "");
  if (!/^-?\d+$/.test(plain)) throw new FieldError(path, plain === "" ? "a number is missing" : `${text} isn't a whole number`);
  const value = BigInt(plain);
  const [least, most] = BOUNDS[type] ?? [0n, 0n];
  if (value < least || value > most) throw new FieldError(path, `${text} isn't between ${least} and ${most} (${type})`);
  return value;
}

/** The value that a form holds, as the codecs take it. */
export function read(entry: LookupEntry, draft: Draft, path = ""): unknown {
  const text = typeof draft === "string" ? draft.trim() : "";
  switch (entry.type) {
    case "void":
      return undefined;
    case "primitive": {
      if (entry.value === "bool") return draft === true;
      if (entry.value === "str") return draft;
      if (entry.value === "char") {
        if ([...text].length !== 1) throw new FieldError(path, "one character is wanted");
        return text;
      }
      const value = integer(entry.value, text, path);
      return /^[ui](8|16|32)$/.test(entry.value) ? Number(value) : value;
    }
    case "compact": {
      const value = integer(entry.size, text, path);
      return entry.isBig ? value : Number(value);
    }
    case "AccountId32": {
      const { module } = link.value;
      if (text === "") throw new FieldError(path, "an address is missing");
      try {
        return module ? module.ss58(text) : text;
      } catch {
        throw new FieldError(path, `${text} is no address: SS58, or 0x and 64 hex digits`);
      }
    }
    case "AccountId20":
      if (!/^0x[0-9a-fA-F]{40}$/.test(text)) throw new FieldError(path, "0x and 40 hex digits are wanted");
      return text;
    case "bitSequence":
      throw new FieldError(path, "sequences of bits can't be written here");
    case "sequence": {
      if (!isBytes(entry)) return (draft as Draft[]).map((it, at) => read(entry.value, it, name(path, at)));
      if (!text.startsWith("0x")) return new TextEncoder().encode(draft as string);
      try {
        return fromHex(text);
      } catch (error) {
        throw new FieldError(path, (error as Error).message);
      }
    }
    case "array": {
      if (!isBytes(entry)) return (draft as Draft[]).map((it, at) => read(entry.value, it, name(path, at)));
      if (!new RegExp(`^0x[0-9a-fA-F]{${entry.len * 2}}$`).test(text)) throw new FieldError(path, `0x and ${entry.len * 2} hex digits are wanted`);
      return text;
    }
    case "tuple":
      return entry.value.map((it, at) => read(it, (draft as Draft[])[at] ?? "", name(path, at)));
    case "struct":
      return Object.fromEntries(Object.entries(entry.value).map(([field, it]) => [field, read(it, (draft as Record<string, Draft>)[field] ?? "", name(path, field))]));
    case "option": {
      const { variant, of } = draft as { variant: string; of: Draft };
      return variant === "None" ? undefined : read(entry.value, of, path);
    }
    case "result": {
      const { variant, of } = draft as { variant: string; of: Draft };
      return variant === "Ok" ? { success: true, value: read(entry.value.ok, of, path) } : { success: false, value: read(entry.value.ko, of, path) };
    }
    case "enum": {
      const { variant, of } = draft as { variant: string; of: Draft };
      const found = entry.value[variant];
      const inner = found && held(found);
      return { type: variant, value: inner ? read(inner, of, name(path, variant)) : undefined };
    }
  }
}

/** A type in a word or two. */
export function typeName(entry: LookupEntry): string {
  switch (entry.type) {
    case "primitive":
      return entry.value;
    case "compact":
      return entry.size;
    case "AccountId32":
    case "AccountId20":
      return "account";
    case "sequence":
      return isBytes(entry) ? "bytes: 0x… or text" : `list of ${typeName(entry.value)}`;
    case "array":
      return isBytes(entry) ? `${entry.len} bytes, 0x…` : `${entry.len} × ${typeName(entry.value)}`;
    case "option":
      return `optional ${typeName(entry.value)}`;
    default:
      return entry.type;
  }
}

interface FieldProps {
  entry: LookupEntry;
  draft: Draft;
  set: (draft: Draft) => void;
  id: string;
  label: string;
}

/** A field, or a group of fields. */
export function Field({ entry, draft, set, id, label }: FieldProps): JSX.Element | null {
  const group = (inside: JSX.Element | (JSX.Element | null)[] | null) => (
    <fieldset class="nested">
      <legend>
        {label} <span class="dim">{typeName(entry)}</span>
      </legend>
      {inside}
    </fieldset>
  );
  const chosen = (names: string[], of: (variant: string) => LookupEntry | undefined) => {
    const { variant, of: inner } = draft as { variant: string; of: Draft };
    const type = of(variant);
    const pick = (to: string) => {
      const now = of(to);
      set({ variant: to, of: now ? empty(now) : "" });
    };
    return group(
      <>
        <select id={id} aria-label={label} value={variant} onChange={(event) => pick(event.currentTarget.value)}>
          {names.map((it) => (
            <option key={it}>{it}</option>
          ))}
        </select>
        {type && type.type !== "void" && <Field entry={type} draft={inner} set={(now) => set({ variant, of: now })} id={`${id}-of`} label={variant} />}
      </>,
    );
  };
  switch (entry.type) {
    case "void":
      return null;
    case "primitive":
      if (entry.value === "bool") {
        return (
          <div class="field tick">
            <input id={id} type="checkbox" checked={draft === true} onChange={(event) => set(event.currentTarget.checked)} />
            <label for={id}>
              {label} <span class="dim">bool</span>
            </label>
          </div>
        );
      }
      break;
    case "option":
      return chosen(["None", "Some"], (it) => (it === "Some" ? entry.value : undefined));
    case "result":
      return chosen(["Ok", "Err"], (it) => (it === "Ok" ? entry.value.ok : entry.value.ko));
    case "enum":
      return chosen(Object.keys(entry.value), (it) => (entry.value[it] ? held(entry.value[it]) : undefined));
    case "struct":
      return group(
        Object.entries(entry.value).map(([field, it]) => (
          <Field key={field} entry={it} draft={(draft as Record<string, Draft>)[field] ?? ""} set={(now) => set({ ...(draft as Record<string, Draft>), [field]: now })} id={`${id}-${field}`} label={field} />
        )),
      );
    case "tuple":
      return group(entry.value.map((it, at) => <Field key={at} entry={it} draft={(draft as Draft[])[at] ?? ""} set={(now) => set((draft as Draft[]).with(at, now))} id={`${id}-${at}`} label={String(at)} />));
    case "array":
    case "sequence":
      if (!isBytes(entry)) {
        const items = draft as Draft[];
        return group(
          <>
            {items.map((it, at) => (
              <Field key={at} entry={entry.value} draft={it} set={(now) => set(items.with(at, now))} id={`${id}-${at}`} label={`${label} ${at}`} />
            ))}
            {entry.type === "sequence" && (
              <p class="actions">
                <button type="button" onClick={() => set([...items, empty(entry.value)])}>
                  Add one to {label}
                </button>
                {items.length > 0 && (
                  <button type="button" onClick={() => set(items.slice(0, -1))}>
                    Take the last one away
                  </button>
                )}
              </p>
            )}
          </>,
        );
      }
      break;
    default:
  }
  const numeric = entry.type === "compact" || (entry.type === "primitive" && entry.value !== "str" && entry.value !== "char");
  return (
    <div class="field">
      <label for={id}>
        {label} <span class="dim">{typeName(entry)}</span>
      </label>
      <input id={id} type="text" inputMode={numeric ? "numeric" : "text"} autocomplete="off" spellcheck={false} value={draft as string} onInput={(event) => set(event.currentTarget.value)} list={entry.type === "AccountId32" ? "accounts-known" : undefined} />
    </div>
  );
}
