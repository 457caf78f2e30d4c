import { Cell } from "./cell.js";

/** Sessions that this page began: their keys are in the client, and gone with the page. */
export const sessions = new Cell<{ account: string; until: number }[]>([]);
