export type { Bundle } from "pink-client";
export type { ChainModule } from "./link.js";
