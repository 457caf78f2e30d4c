import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { WebSocketServer } from "ws";

type Params = Record<string, any>;
/** What a method answers: a result, or an error by throwing one with a code. */
export type Script = Record<string, (params: Params, turn: number) => unknown>;

/** Refuses as a worker does. */
export class Refusal extends Error {
  constructor(readonly code: number, message: string, readonly data?: object) {
    super(message);
  }
}

/**
 * A server that answers what a test says: for what no honest worker does. It speaks over real sockets.
 */
export class ScriptedWorker {
  readonly calls: { method: string; params: Params }[] = [];
  readonly #server: Server;
  readonly #sockets: WebSocketServer;
  readonly #turns = new Map<string, number>();
  /** What is told to a subscriber. */
  notifications: unknown[] = [];

  private constructor(private script: Script) {
    this.#server = createServer((request, response) => {
      let body = "";
      request.on("data", (part) => (body += part)).on("end", () => {
        response.setHeader("content-type", "application/json");
        response.end(JSON.stringify(this.#answer(JSON.parse(body))));
      });
    });
    this.#sockets = new WebSocketServer({ server: this.#server });
    this.#sockets.on("connection", (socket) => {
      socket.on("message", (text) => {
        const request = JSON.parse(String(text));
        socket.send(JSON.stringify(this.#answer(request)));
        if (!request.method.includes("_subscribe")) return;
        for (const result of this.notifications) socket.send(JSON.stringify({ jsonrpc: "2.0", method: "event", params: { subscription: "s1", result } }));
      });
    });
  }

  static async start(script: Script): Promise<ScriptedWorker> {
    const worker = new ScriptedWorker(script);
    await new Promise<void>((done) => worker.#server.listen(0, "127.0.0.1", done));
    return worker;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  get socketUrl(): string {
    return this.url.replace("http", "ws");
  }

  #answer({ id, method, params }: { id: number; method: string; params: Params }): object {
    this.calls.push({ method, params });
    const turn = this.#turns.get(method) ?? 0;
    this.#turns.set(method, turn + 1);
    try {
      const answer = this.script[method];
      if (!answer) throw new Refusal(-32601, "Method not found");
      return { jsonrpc: "2.0", id, result: answer(params, turn) };
    } catch (error) {
      const { code = -32603, message, data } = error as Refusal;
      return { jsonrpc: "2.0", id, error: { code, message, ...(data ? { data } : {}) } };
    }
  }

  /** Closes what is open. */
  drop(): void {
    for (const socket of this.#sockets.clients) socket.terminate();
  }

  async stop(): Promise<void> {
    this.drop();
    this.#server.closeAllConnections();
    await new Promise((done) => this.#server.close(done));
  }
}
