import { PinkError } from "../errors.js";

/** What a worker's RPC answers when it refuses. */
export class RpcRefusal extends Error {
  override readonly name = "RpcRefusal";
  constructor(
    readonly code: number,
    message: string,
    readonly data: { name?: string; hint?: string; details?: unknown } | undefined,
  ) {
    super(message);
  }
}

/** Options of a connection. */
export interface ConnectionOptions {
  /** A WebSocket class, where the platform has none: Node 20 takes that of `ws`. */
  webSocket?: new (url: string) => WebSocket;
  /** How long to wait for an answer, in milliseconds [default: 60 000]. */
  timeoutMs?: number;
}

/** Calls and subscriptions of a JSON-RPC server. */
export interface Connection {
  readonly url: string;
  /** @throws {@link RpcRefusal} or {@link PinkError} `Unreachable`, `TimedOut`. */
  request(method: string, params: object, signal?: AbortSignal): Promise<unknown>;
  /** What is told, until the caller stops or the connection ends (then it throws). */
  subscribe(method: string, params: object, unsubscribe: string, signal?: AbortSignal): AsyncGenerator<unknown>;
  close(): void;
}

interface Answer {
  id?: number;
  result?: unknown;
  error?: { code: number; message: string; data?: RpcRefusal["data"] };
  params?: { subscription: string | number; result: unknown };
}

interface Waiting {
  done: (result: unknown) => void;
  failed: (error: unknown) => void;
}

/** The same server over a WebSocket: requests of an `http` address go by HTTP, subscriptions by this. */
export function connect(url: string, options: ConnectionOptions = {}): Connection {
  const address = new URL(url);
  const overHttp = address.protocol === "http:" || address.protocol === "https:";
  if (!overHttp && address.protocol !== "ws:" && address.protocol !== "wss:") {
    throw new TypeError(`a worker is reached by http, https, ws or wss, not by ${address.protocol}`);
  }
  const timeoutMs = options.timeoutMs ?? 60_000;
  const socket = new Socket(url.replace(/^http/, "ws"), options, timeoutMs);
  return {
    url,
    request: (method, params, signal) =>
      overHttp ? post(url, method, params, timeoutMs, signal) : socket.request(method, params, signal),
    subscribe: (method, params, unsubscribe, signal) => socket.subscribe(method, params, unsubscribe, signal),
    close: () => socket.close(),
  };
}

const unreachable = (url: string, cause: unknown) =>
  new PinkError("Unreachable", `The worker at ${url} can't be reached`, { url }, { cause });

const timedOut = (url: string, waitedMs: number) =>
  new PinkError("TimedOut", `The worker at ${url} gave no answer within ${waitedMs} ms`, { waitedMs }, { hint: "ask again, or another worker" });

async function post(url: string, method: string, params: object, timeoutMs: number, signal?: AbortSignal): Promise<unknown> {
  const timeout = AbortSignal.timeout(timeoutMs);
  try {
    const response = await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }),
      signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
    });
    if (!response.ok) throw new Error(`HTTP ${response.status}: ${(await response.text()).slice(0, 200)}`);
    return resultOf((await response.json()) as Answer);
  } catch (error) {
    if (error instanceof RpcRefusal || signal?.aborted) throw error;
    throw timeout.aborted ? timedOut(url, timeoutMs) : unreachable(url, error);
  }
}

function resultOf({ result, error }: Answer): unknown {
  if (error) throw new RpcRefusal(error.code, error.message, error.data);
  return result;
}

/** Notifications that wait to be taken; more than that and the reader is too slow. */
const MAX_WAITING = 4096;

class Socket {
  #open: Promise<WebSocket> | undefined;
  #next = 1;
  readonly #answers = new Map<number, Waiting>();
  readonly #told = new Map<string | number, (result: unknown, ended?: Error) => void>();

  constructor(
    private readonly url: string,
    private readonly options: ConnectionOptions,
    private readonly timeoutMs: number,
  ) {}

  #socket(): Promise<WebSocket> {
    this.#open ??= new Promise<WebSocket>((done, failed) => {
      const Class = this.options.webSocket ?? globalThis.WebSocket;
      if (!Class) {
        throw new TypeError("this platform has no WebSocket: give a class by the option `webSocket`, like that of the package ws");
      }
      const socket = new Class(this.url);
      socket.onopen = () => done(socket);
      socket.onmessage = ({ data }) => this.#heard(String(data));
      socket.onerror = (error) => failed(unreachable(this.url, error));
      socket.onclose = () => {
        const error = unreachable(this.url, "the connection was closed");
        failed(error);
        this.#open = undefined;
        for (const { failed } of this.#answers.values()) failed(error);
        for (const tell of this.#told.values()) tell(undefined, error);
        this.#answers.clear();
        this.#told.clear();
      };
    }).catch((error: unknown) => {
      this.#open = undefined;
      throw error;
    });
    return this.#open;
  }

  #heard(text: string): void {
    let answer: Answer;
    try {
      answer = JSON.parse(text) as Answer;
    } catch {
      return;
    }
    if (answer.params) {
      this.#told.get(answer.params.subscription)?.(answer.params.result);
      return;
    }
    const waiting = answer.id === undefined ? undefined : this.#answers.get(answer.id);
    if (!waiting) return;
    this.#answers.delete(answer.id as number);
    try {
      waiting.done(resultOf(answer));
    } catch (error) {
      waiting.failed(error);
    }
  }

  async request(method: string, params: object, signal?: AbortSignal, listen?: (result: unknown) => void): Promise<unknown> {
    const socket = await this.#socket();
    const id = this.#next++;
    return new Promise<unknown>((done, failed) => {
      const end = () => {
        clearTimeout(timer);
        signal?.removeEventListener("abort", aborted);
        this.#answers.delete(id);
      };
      const fail = (error: unknown) => {
        end();
        failed(error);
      };
      const aborted = () => fail(signal?.reason);
      const timer = setTimeout(() => fail(timedOut(this.url, this.timeoutMs)), this.timeoutMs);
      signal?.addEventListener("abort", aborted);
      this.#answers.set(id, {
        done: (result) => {
          end();
          // Before the next message is heard, which may be the first that is told.
          listen?.(result);
          done(result);
        },
        failed: fail,
      });
      if (signal?.aborted) aborted();
      else socket.send(JSON.stringify({ jsonrpc: "2.0", id, method, params }));
    });
  }

  async *subscribe(method: string, params: object, unsubscribe: string, signal?: AbortSignal): AsyncGenerator<unknown> {
    const waiting: unknown[] = [];
    let ended: Error | undefined;
    let wake = () => {};
    const tell = (result: unknown, end?: Error) => {
      ended ??= end;
      if (!end && waiting.push(result) > MAX_WAITING) {
        ended ??= new PinkError("TimedOut", `More than ${MAX_WAITING} notifications wait to be read`, { waitedMs: 0 }, { hint: "read faster, or ask for less" });
      }
      wake();
    };
    const id = (await this.request(method, params, signal, (result) => this.#told.set(result as string, tell))) as string | number;
    const aborted = () => tell(undefined, signal?.reason instanceof Error ? signal.reason : new Error("aborted"));
    signal?.addEventListener("abort", aborted);
    try {
      for (;;) {
        while (waiting.length > 0) yield waiting.shift();
        if (signal?.aborted) return;
        if (ended) throw ended;
        await new Promise<void>((woken) => {
          wake = woken;
        });
      }
    } finally {
      signal?.removeEventListener("abort", aborted);
      this.#told.delete(id);
      if (this.#open) this.request(unsubscribe, [id]).catch(() => {});
    }
  }

  close(): void {
    this.#open?.then((socket) => socket.close()).catch(() => {});
  }
}
