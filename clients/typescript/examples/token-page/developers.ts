import { sr25519CreateDerive } from "@polkadot-labs/hdkd";
import { DEV_PHRASE, entropyToMiniSecret, mnemonicToEntropy } from "@polkadot-labs/hdkd-helpers";
import type { PolkadotSigner } from "polkadot-api";
import { getPolkadotSigner } from "polkadot-api/signer";

/** Accounts of development chains, whose keys everybody knows. */
export function developers(): Map<string, PolkadotSigner> {
  const derive = sr25519CreateDerive(entropyToMiniSecret(mnemonicToEntropy(DEV_PHRASE)));
  const names = ["//Alice", "//Bob", "//Charlie"];
  return new Map(
    names.map((name) => {
      const pair = derive(name);
      return [name, getPolkadotSigner(pair.publicKey, "Sr25519", pair.sign)];
    }),
  );
}
