// The extension's own side: keys, who is allowed, what waits to be signed. A test does what a person does in its windows, by `ask`.
import "@polkadot/extension-inject/crossenv";
import { PORT_CONTENT, PORT_EXTENSION } from "@polkadot/extension-base/defaults";
import { AccountsStore } from "@polkadot/extension-base/stores";
import keyring from "@polkadot/ui-keyring";
import { cryptoWaitReady } from "@polkadot/util-crypto";

await cryptoWaitReady();
keyring.loadAll({ store: new AccountsStore(), type: "sr25519" });
const { default: handle } = await import("@polkadot/extension-base/background/handlers");
chrome.runtime.onConnect.addListener((port) => {
  if (port.name === PORT_CONTENT) port.onMessage.addListener((data) => handle(data, port));
});

let asked = 0;
/** What was told last, by the name that a subscription was given. */
globalThis.told = {};
globalThis.ask = (message, request = null, name = undefined) =>
  new Promise((done, failed) => {
    const id = `own.${(asked += 1)}`;
    const postMessage = (it) => {
      if (it.id !== id) return;
      if (it.subscription !== undefined) globalThis.told[name] = it.subscription;
      else if (it.error) failed(new Error(it.error));
      else done(it.response);
    };
    handle({ id, message, request }, { name: PORT_EXTENSION, postMessage, onDisconnect: { addListener() {} } });
  });
document.title = "ready";
