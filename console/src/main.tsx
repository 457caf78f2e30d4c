import { render, type JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import "uplot/dist/uPlot.min.css";
import "./app.css";
import { Accounts } from "./accounts.js";
import { Banner } from "./banner.js";
import { useCell } from "./cell.js";
import { connect } from "./link.js";
import { ClusterPage } from "./pages/cluster.js";
import { ContractPage } from "./pages/contract.js";
import { ContractsPage } from "./pages/contracts.js";
import { DeployPage } from "./pages/deploy.js";
import { LogsPage } from "./pages/logs.js";
import { MessagePage } from "./pages/message.js";
import { MessagesPage } from "./pages/messages.js";
import { begin, config, standing } from "./world.js";

const TABS = [
  ["cluster", "Cluster"],
  ["contracts", "Contracts"],
  ["messages", "Messages"],
  ["logs", "Logs"],
] as const;

const path = () => location.hash.replace(/^#\/?/, "").split("/").map(decodeURIComponent);

function Page({ parts: [tab = "", of] }: { parts: string[] }): JSX.Element {
  switch (tab) {
    case "contracts":
      return of ? <ContractPage key={of} address={of} /> : <ContractsPage />;
    case "deploy":
      return <DeployPage />;
    case "messages":
      return of && /^\d{1,15}$/.test(of) ? <MessagePage key={of} seq={Number(of)} /> : <MessagesPage />;
    case "logs":
      return <LogsPage />;
    default:
      return <ClusterPage />;
  }
}

function App() {
  const [parts, set] = useState(path());
  const { info } = useCell(standing);
  const served = useCell(config);
  useEffect(() => {
    const moved = () => set(path());
    addEventListener("hashchange", moved);
    return () => removeEventListener("hashchange", moved);
  }, []);
  const at = parts[0] === "deploy" ? "contracts" : TABS.some(([tab]) => tab === parts[0]) ? parts[0] : "cluster";
  useEffect(() => {
    document.title = `${TABS.find(([tab]) => tab === at)?.[1]}${parts[1] ? ` ${parts[1]}` : ""} · pink console`;
  }, [parts.join("/")]);
  return (
    <>
      <a class="skip" href="#main" onClick={(event) => (event.preventDefault(), document.getElementById("main")?.focus())}>
        To the content
      </a>
      <header>
        <a class="brand" href="#/cluster" aria-label="pink console">
          pink
        </a>
        <nav aria-label="Pages">
          {TABS.map(([tab, name]) => (
            <a key={tab} href={`#/${tab}`} aria-current={tab === at ? "page" : undefined}>
              {name}
            </a>
          ))}
        </nav>
        <p class="where dim">
          cluster {info?.cluster ?? served?.cluster ?? "…"} · engine {info?.engine ?? "…"} · block <span class="number">{info?.block ?? "…"}</span>
        </p>
        <Accounts />
      </header>
      <main id="main" tabIndex={-1}>
        <Banner />
        <Page parts={parts} />
      </main>
      <footer class="dim">{served?.version} · what a worker says is its word; what the chain confirmed is said so</footer>
    </>
  );
}

render(<App />, document.getElementById("app") as HTMLElement);
void begin();
// Behind the first view.
requestAnimationFrame(() => setTimeout(() => void connect(), 0));
