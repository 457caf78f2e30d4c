/** A worker's JSON-RPC, as far as this page asks it itself. The rest is the client's business. */

/** What a worker refuses with. */
export class Refused extends Error {
  constructor(
    readonly code: number,
    message: string,
    readonly hint: string | undefined,
  ) {
    super(hint ? `The worker says: ${message}. ${hint[0]?.toUpperCase()}${hint.slice(1)}.` : `The worker says: ${message}.`);
  }
}

/** Nobody answers. */
export class Gone extends Error {
  constructor(cause: unknown) {
    super("The worker doesn't answer. Look whether it runs, and reload the page when it does.", { cause });
  }
}

/** Where the worker is: the page is served below it. */
export const workerUrl = new URL("../", document.baseURI).href.replace(/\/$/, "");

interface Answer {
  id?: number;
  result?: unknown;
  error?: { code: number; message: string; data?: { hint?: string } };
  params?: { subscription: string | number; result: unknown };
}

function resultOf<T>({ result, error }: Answer): T {
  if (error) throw new Refused(error.code, error.message, error.data?.hint);
  return result as T;
}

/** Calls a method. Whole numbers that don't fit in a double aren't among what is asked. */
export async function call<T>(method: string, params: object = {}, timeoutMs = 20_000): Promise<T> {
  let answer: Answer;
  try {
    const response = await fetch(`${workerUrl}/`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }),
      signal: AbortSignal.timeout(timeoutMs),
    });
    if (!response.ok) throw new Error(`HTTP ${response.status}: ${(await response.text()).slice(0, 200)}`);
    answer = (await response.json()) as Answer;
  } catch (cause) {
    throw new Gone(cause);
  }
  return resultOf<T>(answer);
}

/**
 * What is told, until it is called off. It begins anew when the connection is lost: `params` says from where.
 *
 * @returns what calls it off.
 */
export function subscribe(method: string, params: () => object, told: (event: unknown) => void, state: (connected: boolean, error?: Error) => void): () => void {
  let ended = false;
  let socket: WebSocket | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const begin = () => {
    if (ended) return;
    socket = new WebSocket(`${workerUrl.replace(/^http/, "ws")}/`);
    socket.onopen = () => socket?.send(JSON.stringify({ jsonrpc: "2.0", id: 1, method, params: params() }));
    socket.onmessage = ({ data }) => {
      const answer = JSON.parse(String(data)) as Answer;
      if (answer.params) told(answer.params.result);
      else if (answer.error) state(false, new Refused(answer.error.code, answer.error.message, answer.error.data?.hint));
      else state(true);
    };
    socket.onclose = () => {
      if (ended) return;
      state(false);
      timer = setTimeout(begin, 2_000);
    };
  };
  begin();
  return () => {
    ended = true;
    clearTimeout(timer);
    socket?.close();
  };
}
