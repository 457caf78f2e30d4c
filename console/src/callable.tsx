/** A message or constructor with its form. */
import { useMemo, useState } from "preact/hooks";
import type { Known } from "./bundles.js";
import { useCell } from "./cell.js";
import { empty, Field, read, type Draft } from "./form.js";
import { link } from "./link.js";

interface Spec {
  label: string;
  args: { label: string; type: { type: number } }[];
  docs?: string[];
  payable: boolean;
  mutates?: boolean;
}

export const specsOf = (known: Known, kind: "messages" | "constructors") => (known.metadata.spec as unknown as Record<string, Spec[]>)[kind] ?? [];

/** A form for a callable's arguments; `values` reads them, or throws what is wrong; `written` is another text for other arguments. */
export function useForm(known: Known | undefined, spec: Spec | undefined, id: string) {
  const { module } = useCell(link);
  const lookup = useMemo(() => (known && module ? module.getInkLookup(known.metadata) : undefined), [known, module]);
  const [drafts, set] = useState<{ of: string; values: Record<string, Draft> }>({ of: "", values: {} });
  const of = `${known?.codeHash} ${spec?.label}`;
  const args = (spec?.args ?? []).map(({ label, type }) => ({ label, entry: lookup?.(type.type) }));
  const values: Record<string, Draft> = drafts.of === of ? drafts.values : {};
  const draft = (label: string, entry: Parameters<typeof empty>[0]) => values[label] ?? empty(entry);
  const fields = args.map(
    ({ label, entry }) =>
      entry && <Field key={`${of} ${label}`} entry={entry} id={`${id}-${label}`} label={label} draft={draft(label, entry)} set={(now) => set({ of, values: { ...values, [label]: now } })} />,
  );
  return {
    fields,
    written: JSON.stringify([of, values]),
    values: () => Object.fromEntries(args.map(({ label, entry }) => [label, entry && read(entry, draft(label, entry), label)])),
  };
}

/** A key of a mapping, as a form. */
export function useKeyForm(known: Known | undefined, type: number | null | undefined, id: string) {
  const spec = type === null || type === undefined ? undefined : ({ label: `key ${type}`, args: [{ label: "key", type: { type } }], payable: false } as Spec);
  return useForm(known, spec, id);
}

export type { Spec };
