// Between a page and the extension: what either says to the other.
import { MESSAGE_ORIGIN_CONTENT, MESSAGE_ORIGIN_PAGE, PORT_CONTENT } from "@polkadot/extension-base/defaults";

const port = chrome.runtime.connect({ name: PORT_CONTENT });
port.onMessage.addListener((data) => window.postMessage({ ...data, origin: MESSAGE_ORIGIN_CONTENT }, "*"));
addEventListener("message", ({ data, source }) => {
  if (source === window && data.origin === MESSAGE_ORIGIN_PAGE) port.postMessage(data);
});
const script = document.createElement("script");
script.src = chrome.runtime.getURL("page.js");
(document.head ?? document.documentElement).append(script);
