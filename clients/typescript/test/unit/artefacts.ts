import { readFileSync } from "node:fs";

/** A file that `contracts/build.sh` made. */
export const artefact = (name: string) => readFileSync(new URL(`../../../../contracts/artifacts/${name}`, import.meta.url));
