/** Keys that everybody knows, of development chains. Loaded there alone. */
import { sr25519CreateDerive } from "@polkadot-labs/hdkd";
import { DEV_PHRASE, entropyToMiniSecret, mnemonicToEntropy } from "@polkadot-labs/hdkd-helpers";
import { getPolkadotSigner } from "polkadot-api/signer";

/** //Alice and friends. */
export function developers() {
  const derive = sr25519CreateDerive(entropyToMiniSecret(mnemonicToEntropy(DEV_PHRASE)));
  return ["Alice", "Bob", "Charlie", "Dave", "Eve", "Ferdie"].map((name) => {
    const pair = derive(`//${name}`);
    return { name: `//${name}`, publicKey: pair.publicKey, signer: getPolkadotSigner(pair.publicKey, "Sr25519", pair.sign) };
  });
}
