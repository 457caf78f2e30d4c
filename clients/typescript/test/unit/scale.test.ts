import { describe, expect, it } from "vitest";
import { contractAddress, sameAccount, ss58 } from "../../src/address.js";
import { toBytes, toHex } from "../../src/bytes.js";
import { blake2b256 } from "../../src/proof/index.js";
import { decodeCheckpoint, decodeMessageReceipt, decodeReceipt, encodeCheckpoint } from "../../src/scale/receipt.js";
import { vectors } from "./vectors.js";

describe("receipts", () => {
  it("are read as the engine wrote them", () => {
    const outcomes = new Set<string>();
    for (const { scale, outcome, fee, refund, events } of vectors.decoded) {
      const receipt = decodeReceipt(scale);
      outcomes.add(receipt.outcome.type);
      expect(receipt.outcome.type).toBe(outcome);
      expect([receipt.fee, receipt.refund]).toEqual([BigInt(fee), BigInt(refund)]);
      expect(receipt.events.map((event) => event.type)).toEqual(events);
    }
    expect(outcomes).toEqual(new Set(["Success", "Reverted", "Trapped", "OutOfGas", "Rejected"]));
    // The generator has one of each of the 23 kinds in its last receipt.
    expect(vectors.decoded.at(-1)?.events).toHaveLength(23);
  });

  it("have their fields where the generator put them", () => {
    const { proofs } = vectors.receipts.at(-1)!;
    const { index, receipt } = proofs.find((proof) => proof.index === 255)!;
    const decoded = decodeMessageReceipt(receipt);
    expect(decoded.seq).toBe(BigInt(index) + 1000n);
    expect(decoded.engine).toEqual({ major: 2, minor: 0 });
    expect(decoded.receipt).toMatchObject({
      outcome: { type: "Success" },
      gasLimit: { refTime: 5_000_000_000n, proofSize: 65_536n },
      gasConsumed: { refTime: 1_234_567_890n, proofSize: 4_321n },
      gasRequired: { refTime: 2_345_678_901n, proofSize: 5_432n },
      gasPrice: 10n,
      fee: 12_345_678_900n,
      refund: 37_654_321_100n,
      storageDeposit: { type: "Refund", value: 1n << 100n },
      address: ss58(new Uint8Array(32).fill(0xad)),
      codeHash: undefined,
      events: [],
      effects: [],
    });
    expect(decoded.receipt.output).toHaveLength(255 % 40);
  });

  it("with a byte less or more are refused", () => {
    const { receipt } = vectors.receipts[0]!.proofs[0]!;
    const bytes = toBytes(receipt);
    for (let length = 0; length < bytes.length; length += 1) {
      expect(() => decodeMessageReceipt(bytes.subarray(0, length))).toThrow(TypeError);
    }
    expect(() => decodeMessageReceipt(`${receipt}00`)).toThrow(/nothing else/);
    expect(() => decodeReceipt("0x09")).toThrow(/newer than this client/);
  });
});

describe("checkpoints", () => {
  it("have the hash that the chain keeps", () => {
    const { scale, hash, block, last_seq, effects } = vectors.checkpoint;
    const checkpoint = decodeCheckpoint(scale);
    expect(checkpoint).toMatchObject({ block, lastSeq: BigInt(last_seq), engine: { major: 2, minor: 0 } });
    expect(checkpoint.receiptsRoot).toBe(`0x${"02".repeat(32)}`);
    expect(checkpoint.effects).toHaveLength(effects);
    expect(checkpoint.effects.map((effect) => effect.type)).toEqual(["Withdrawn", "Withdrawn", "UpgradeRequested", "UpgradeFailed", "SetupFailed", "Amended"]);
    expect(toHex(blake2b256(encodeCheckpoint(checkpoint)))).toBe(hash);
  });
});

describe("addresses", () => {
  it("are those that the chain foretells", () => {
    for (const { deployer, code_hash, cluster, salt, address } of vectors.addresses) {
      expect(contractAddress(deployer, code_hash, BigInt(cluster), salt)).toBe(ss58(address));
    }
    // The check value of the protocol.
    const code = "0xa3f91e98edc8ccfb035946133027dd5a3f8694c70e7a27ffdf8056f7b9cc40ab";
    const expected = "0x35db55bc9f81c9b14ae536cc43c37786f3ff62fe5247a4dccfd7ba3c8bf316af";
    expect(contractAddress(new Uint8Array(32).fill(1), code, 0n, "0x")).toBe(ss58(expected));
  });

  it("of one account are the same under every prefix", () => {
    const [generic, polkadot] = ["5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY", "15oF4uVJwmo4TdGW7VfQxNLavjCXviqxT9S1MgbjMNHr6Sp5"];
    expect(sameAccount(generic, polkadot)).toBe(true);
    expect(ss58(polkadot)).toBe(generic);
    expect(() => ss58("0x00")).toThrow(/32 bytes/);
    expect(() => contractAddress(generic, "0x00", 0n, "0x")).toThrow(/code hash/);
    expect(() => contractAddress(generic, `0x${"00".repeat(32)}`, -1n, "0x")).toThrow(/cluster/);
  });
});
