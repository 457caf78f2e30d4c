use frame_support::pallet_macros::*;

/// What a chain decides when it composes the pallet.
#[pallet_section]
mod config {
    /// What a chain decides when it composes the pallet.
    ///
    /// Every bound is checked before anything is allocated, stored or paid. `integrity_test`
    /// refuses bounds that contradict each other.
    #[pallet::config]
    pub trait Config:
        frame_system::Config<AccountId = AccountId, RuntimeEvent: From<Event<Self>>>
    {
        /// The chain's money: what deposits, fees and withdrawals are made of.
        type Currency: fungible::Mutate<AccountId, Balance = Balance>
            + fungible::Balanced<AccountId, Balance = Balance>;

        /// What ordering a message costs when the cluster's blocks aren't crowded, by the weight
        /// that it takes of a block: its gas limit, [`Config::MessageBase`] and
        /// [`Config::MessageByte`]; see `ordering`. Both dimensions should be priced: either fills a
        /// block. For zero it is the fee of a withdrawal.
        type OrderingFee: Convert<GasWeight, Balance>;

        /// What becomes of ordering fees. `()` burns them, which is the safe choice: whoever is
        /// paid for crowds (an owner, the author of a block) can make them for nothing.
        type OrderingFeeTo: OnUnbalanced<fungible::Credit<AccountId, Self::Currency>>;

        /// The chain's clock, in milliseconds of the Unix epoch.
        type Time: Time<Moment = u64>;

        /// Where a block's entropy comes from. It is hashed with the parent hash.
        type Randomness: Randomness<Self::Hash, BlockNumberFor<Self>>;

        /// Who governs engines, the system contract, and clusters in distress.
        type GovernanceOrigin: EnsureOrigin<Self::RuntimeOrigin>;

        /// Who admits workers. Usually the same as [`Config::GovernanceOrigin`].
        type WorkerOrigin: EnsureOrigin<Self::RuntimeOrigin>;

        /// Who pays the escrow's existential deposit when governance makes a cluster; a treasury.
        type GovernanceAccount: Get<AccountId>;

        /// Weights of the calls.
        type WeightInfo: WeightInfo;

        /// From which the escrow account of each cluster is derived.
        #[pallet::constant]
        type PalletId: Get<PalletId>;

        /// The longest encoded message, in bytes, code included; with its block and its extrinsic's index, as it is
        /// stored.
        #[pallet::constant]
        type MaxMessageBytes: Get<u32>;

        /// The most messages that a cluster's queue holds until they are pruned.
        #[pallet::constant]
        type MaxQueueMessages: Get<u32>;

        /// The most bytes of encoded messages that a cluster's queue holds until they are pruned.
        #[pallet::constant]
        type MaxQueueBytes: Get<u64>;

        /// How many of the queue's messages are kept for withdrawals, the owner, governance and
        /// the pallet itself.
        #[pallet::constant]
        type ReservedSlots: Get<u32>;

        /// How many of the queue's bytes are kept for the same.
        #[pallet::constant]
        type ReservedBytes: Get<u64>;

        /// The highest gas limit of one message.
        #[pallet::constant]
        type MaxMessageWeight: Get<GasWeight>;

        /// The highest sum of the weights of a cluster's messages in one block: of their gas limits,
        /// and of what each takes beside that. An eighth of it is the pallet's own, a quarter the
        /// owner's and governance's; of what is left nobody has more than a quarter of the whole.
        #[pallet::constant]
        type MaxBlockWeight: Get<GasWeight>;

        /// What a message takes of a block beside its gas limit, in picoseconds of execution and
        /// bytes of state: an engine has work with every message, and most kinds have no limit.
        /// Withdrawals alone take none, because they are counted one by one. To be taken from what
        /// the engines charge for the dearest kind that has no limit, an upload.
        #[pallet::constant]
        type MessageBase: Get<GasWeight>;

        /// The same for each byte of its encoded form.
        #[pallet::constant]
        type MessageByte: Get<GasWeight>;

        /// The most engine versions that the chain knows.
        #[pallet::constant]
        type MaxEngines: Get<u32>;

        /// The most files that one engine version has: one a target.
        #[pallet::constant]
        type MaxArtefacts: Get<u32>;

        /// The most versions whose state one engine migrates.
        #[pallet::constant]
        type MaxUpgradePaths: Get<u32>;

        /// The longest code of the system contract, in bytes.
        #[pallet::constant]
        type MaxSystemCodeBytes: Get<u32>;

        /// The longest engine configuration of a cluster, and the longest schedule, in bytes.
        #[pallet::constant]
        type MaxEngineConfigBytes: Get<u32>;

        /// The most workers of one cluster.
        #[pallet::constant]
        type MaxMembers: Get<u32>;

        /// The most engine files that one worker announces.
        #[pallet::constant]
        type MaxAnnounced: Get<u32>;

        /// How many blocks ahead an upgrade has to be scheduled, at least.
        #[pallet::constant]
        type MinUpgradeNotice: Get<BlockNumber>;

        /// How many clusters can be upgraded at the same block; as many change prices.
        #[pallet::constant]
        type MaxUpgradesPerBlock: Get<u32>;

        /// Which part of a cluster's workers has to have an engine before an upgrade to it can be
        /// scheduled.
        #[pallet::constant]
        type ReadyThreshold: Get<Perbill>;

        /// How many blocks ahead prices have to be announced, at least.
        #[pallet::constant]
        type MinPriceNotice: Get<BlockNumber>;

        /// Each time this number of blocks has passed there is a checkpoint without messages.
        #[pallet::constant]
        type CheckpointInterval: Get<BlockNumber>;

        /// The most checkpoints of one acknowledgement.
        #[pallet::constant]
        type MaxCheckpoints: Get<u32>;

        /// The most effects of one checkpoint. All but two may be withdrawals, which bounds
        /// their number in a block.
        #[pallet::constant]
        type MaxEffects: Get<u32>;

        /// A worker that has something to acknowledge and isn't heard of for this number of blocks lapses:
        /// it doesn't hold up pruning, and is left out of what it didn't acknowledge.
        #[pallet::constant]
        type LivenessPeriod: Get<BlockNumber>;

        /// For this number of blocks a worker that left may acknowledge the checkpoints up to the block in
        /// which it did.
        #[pallet::constant]
        type LeavingPeriod: Get<BlockNumber>;

        /// The most things that one call prunes.
        #[pallet::constant]
        type MaxPrune: Get<u32>;

        /// How long a cluster is closing before governance may sweep what is left.
        #[pallet::constant]
        type ClosingPeriod: Get<BlockNumber>;
    }
}
