/** Where a `.contract` file is dropped. */
import { useState } from "preact/hooks";
import type { Bundle } from "./bundle-types.js";
import { useCell } from "./cell.js";
import { link } from "./link.js";
import { Problem } from "./ui.js";

const LIMIT = 32 << 20;

export function Drop({ label, taken }: { label: string; taken: (bundle: Bundle, file: string) => void }) {
  const { module } = useCell(link);
  const [over, setOver] = useState(false);
  const [error, setError] = useState<Error | undefined>();
  const take = async (file: File | null | undefined) => {
    setError(undefined);
    if (!file) return;
    try {
      if (file.size > LIMIT) throw new Error(`${file.name} has ${file.size} bytes: no .contract file is that long.`);
      const loaded = module ?? (await import("./chain.js"));
      if (!link.value.module) link.set({ ...link.value, module: loaded });
      taken(loaded.readBundle(await file.text()), file.name);
    } catch (cause) {
      setError(cause as Error);
    }
  };
  return (
    <>
      <label
        class={over ? "drop over" : "drop"}
        onDragOver={(event) => (event.preventDefault(), setOver(true))}
        onDragLeave={() => setOver(false)}
        onDrop={(event) => {
          event.preventDefault();
          setOver(false);
          void take(event.dataTransfer?.files[0]);
        }}
      >
        <span>{label}</span>
        <input
          type="file"
          accept=".contract,.json"
          onChange={(event) => {
            const input = event.currentTarget;
            void take(input.files?.[0]).then(() => (input.value = ""));
          }}
        />
      </label>
      <Problem error={error} />
    </>
  );
}
