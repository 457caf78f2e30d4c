/**
 * Signed questions, and sessions that a person signs for once.
 *
 * @module
 */
export { Session, signQuestion, signRevocation, type BytesSigner, type SessionOptions, type StoredSession } from "./session.js";
export { contractList, MAX_LISTED_CONTRACTS, MAX_SESSION_TEXT_BYTES, questionText, revokeText, sessionText, type Here, type Question, type SessionTerms } from "./texts.js";
