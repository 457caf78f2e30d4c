import { contractAddress, type Address } from "../address.js";
import { Asker, limitsFrom } from "../asker.js";
import { toBytes, toHex, type BytesLike, type Hex } from "../bytes.js";
import { toPalletWeight } from "../chain/pallet.js";
import { errorOfReceipt, PinkError } from "../errors.js";
import type { Receipts } from "../receipts.js";
import type { StorageDeposit, Weight } from "../scale/types.js";
import { blake2b256 } from "../proof/walk.js";
import { accountOf } from "../session/session.js";
import { Transaction } from "../transaction.js";
import { codeHashOf, decoder, readError, type DataOf, type Result, type SendTerms } from "./contract.js";
import { callable, type Constructors, type Descriptor } from "./ink.js";

/** Terms of the making of a contract. */
export interface DeployTerms extends SendTerms {
  /** Part of the address [default: empty]. */
  salt?: BytesLike;
}

/** What the making of a contract would give. */
export interface DryRun {
  /** The address that it would have. */
  address: string;
  gasRequired: Weight;
  storageDeposit: StorageDeposit;
  block: number;
  deploy(): Transaction<undefined>;
}

/** Makes contracts from code: that of a bundle, or code that the cluster holds already. */
export class Deployer<D extends Descriptor = Descriptor> {
  /** BLAKE2b-256 of the code. */
  readonly codeHash: Hex;

  /** Made by the client's `getDeployer`. */
  constructor(
    private readonly descriptor: D,
    private readonly code: Uint8Array | undefined,
    private readonly asker: Asker,
    private readonly receipts: Receipts,
    private readonly maxOrderingFee: () => Promise<bigint>,
  ) {
    this.codeHash = code ? toHex(blake2b256(code)) : codeHashOf(descriptor);
    const expected = codeHashOf(descriptor);
    if (this.codeHash !== expected) {
      throw new PinkError("Incompatible", `The code is ${this.codeHash}, the metadata belongs to ${expected}`, { expected, found: this.codeHash });
    }
  }

  /** The address that a contract will have; the constructor's arguments are no part of it. */
  estimateAddress(deployer: Address, salt: BytesLike = "0x"): string {
    return contractAddress(deployer, this.codeHash, this.asker.pallet.cluster, salt);
  }

  #prepared(label: string, terms: DeployTerms & { data?: Record<string, unknown> }) {
    const codec = callable(this.descriptor, "constructor", label);
    const input = codec.encode(terms.data);
    if ((terms.value ?? 0n) > 0n && !codec.payable) throw new TypeError(`the constructor ${label} takes no money`);
    const code = this.code ? { upload: this.code } : { hash: this.codeHash };
    const estimate = async (origin: Address) => {
      const { options = {}, value = 0n, salt = "0x" } = terms;
      const { asked, limit } = await this.asker.estimateInstantiate(code, this.codeHash, input, { ...options, value, salt, origin });
      return { asked, limit, failed: errorOfReceipt(asked.receipt, (output) => readError(codec.decode(output))) };
    };
    return { codec, input, estimate };
  }

  /** Tries it out. */
  async dryRun<L extends string & keyof Constructors<D>>(
    constructor: L,
    terms: DeployTerms & { origin: Address } & DataOf<Constructors<D>[L]>,
  ): Promise<Result<DryRun>> {
    const { estimate } = this.#prepared(constructor, terms as DeployTerms);
    try {
      const { asked, failed } = await estimate(terms.origin);
      if (failed) return { success: false, value: failed };
      const { gasRequired, storageDeposit } = asked.receipt;
      const address = this.estimateAddress(terms.origin, terms.salt);
      return { success: true, value: { address, gasRequired, storageDeposit, block: asked.block, deploy: () => this.deploy(constructor, terms) } };
    } catch (error) {
      if (error instanceof PinkError) return { success: false, value: error };
      throw error;
    }
  }

  /** Makes a contract: its code travels along, if the deployer has it. */
  deploy<L extends string & keyof Constructors<D>>(constructor: L, terms: DeployTerms & DataOf<Constructors<D>[L]>): Transaction<undefined> {
    const { codec, input, estimate } = this.#prepared(constructor, terms as DeployTerms);
    const { pallet } = this.asker;
    return new Transaction<undefined>(
      pallet,
      this.receipts,
      async (signer) => {
        let { gasLimit, storageDepositLimit } = terms.options ?? {};
        if (!gasLimit || storageDepositLimit === undefined) {
          const { asked, limit, failed } = await estimate(accountOf(signer.publicKey));
          if (failed) throw failed;
          const limits = limitsFrom(asked.receipt, limit, (await pallet.limits()).most, this.asker.margin);
          gasLimit ??= limits.gasLimit;
          storageDepositLimit ??= limits.storageDepositLimit;
        }
        return pallet.extrinsic("instantiate_contract", {
          code: this.code ? { type: "Code", value: this.code } : { type: "Hash", value: this.codeHash },
          input,
          salt: toBytes(terms.salt ?? "0x"),
          value: terms.value ?? 0n,
          gas_limit: toPalletWeight(gasLimit),
          storage_deposit_limit: storageDepositLimit,
          max_gas_price: terms.maxGasPrice,
          max_ordering_fee: terms.maxOrderingFee ?? (await this.maxOrderingFee()),
        });
      },
      decoder<undefined>(codec.decode),
    );
  }
}
