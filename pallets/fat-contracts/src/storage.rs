use frame_support::pallet_macros::*;

/// Everything that the pallet stores.
#[pallet_section]
mod storage {
    /// The engine versions that governance registered.
    // Twox64Concat: the keys are chosen by governance alone.
    #[pallet::storage]
    pub type Engines<T: Config> =
        CountedStorageMap<_, Twox64Concat, EngineVersion, StoredEngine<T>, OptionQuery>;

    /// To which version a file's hash belongs. No two versions share a file.
    // Identity: the key is a cryptographic hash that governance recorded.
    #[pallet::storage]
    pub type ArtefactVersions<T: Config> =
        StorageMap<_, Identity, Hash, EngineVersion, OptionQuery>;

    /// The version that new clusters start on.
    #[pallet::storage]
    pub type PinkRuntimeVersion<T: Config> = StorageValue<_, EngineVersion, OptionQuery>;

    /// Hash of the current code of the system contract.
    #[pallet::storage]
    pub type PinkSystemCodeHash<T: Config> = StorageValue<_, CodeHash, OptionQuery>;

    /// Hash of the code of the system contract from the next block on.
    #[pallet::storage]
    pub type NextPinkSystemCodeHash<T: Config> = StorageValue<_, CodeHash, OptionQuery>;

    /// Every code of the system contract that was ever set: messages refer to it by hash, and
    /// replay needs it.
    // Identity: the key is the hash of the value.
    #[pallet::storage]
    pub type PinkSystemCodes<T: Config> =
        StorageMap<_, Identity, CodeHash, BoundedVec<u8, T::MaxSystemCodeBytes>, OptionQuery>;

    /// How many clusters were ever made; the greatest cluster id.
    #[pallet::storage]
    pub type ClusterCount<T: Config> = StorageValue<_, ClusterId, ValueQuery>;

    /// The clusters.
    // Twox64Concat: ids are counted by the pallet. So for every map by cluster below.
    #[pallet::storage]
    pub type Clusters<T: Config> =
        StorageMap<_, Twox64Concat, ClusterId, ClusterRecord, OptionQuery>;

    /// The queue of each cluster: counts, bytes, running hash.
    #[pallet::storage]
    pub type Queues<T: Config> = StorageMap<_, Twox64Concat, ClusterId, Queue, ValueQuery>;

    /// The queued messages: each the SCALE form of a `QueuedMessage`, kept until it is pruned. Those that were queued
    /// under version 1 of this storage end ahead of the extrinsic's index.
    #[pallet::storage]
    pub type Messages<T: Config> = StorageDoubleMap<
        _,
        Twox64Concat,
        ClusterId,
        Twox64Concat,
        Seq,
        BoundedVec<u8, T::MaxMessageBytes>,
        OptionQuery,
    >;

    /// What blocks gave to engines, each kept as long as its queue checkpoint. Blocks without one
    /// give nothing but their number.
    #[pallet::storage]
    pub type BlockInputs<T: Config> = StorageDoubleMap<
        _,
        Twox64Concat,
        ClusterId,
        Twox64Concat,
        BlockNumber,
        KeptInput<T>,
        OptionQuery,
    >;

    /// The clusters to which something happened in this block: a message, an upgrade or an amendment.
    /// Empty between blocks.
    #[pallet::storage]
    pub type TouchedClusters<T: Config> = StorageMap<_, Twox64Concat, ClusterId, (), OptionQuery>;

    /// What senders that own no more than others had of this block. Empty between blocks.
    // Blake2_128Concat: anybody may send.
    #[pallet::storage]
    pub type Shares<T: Config> = StorageDoubleMap<
        _,
        Twox64Concat,
        ClusterId,
        Blake2_128Concat,
        AccountId,
        Share,
        ValueQuery,
    >;

    /// What the chain owes to each cluster: everything that was brought in and not paid out.
    /// The escrow account holds that and the chain's existential deposit.
    #[pallet::storage]
    pub type Held<T: Config> = StorageMap<_, Twox64Concat, ClusterId, Balance, ValueQuery>;

    /// The workers of each cluster.
    #[pallet::storage]
    pub type Members<T: Config> = StorageMap<
        _,
        Twox64Concat,
        ClusterId,
        BoundedVec<ClusterMember, T::MaxMembers>,
        ValueQuery,
    >;

    /// Terms of workers that left a cluster, as long as they cover what isn't confirmed, or their
    /// worker may still acknowledge.
    #[pallet::storage]
    pub type Leavers<T: Config> = StorageMap<
        _,
        Twox64Concat,
        ClusterId,
        BoundedVec<ClusterMember, T::MaxMembers>,
        ValueQuery,
    >;

    /// The workers that were admitted.
    // Blake2_128Concat: whoever is admitted chose the key.
    #[pallet::storage]
    pub type Workers<T: Config> =
        StorageMap<_, Blake2_128Concat, AccountId, WorkerRecord<T>, OptionQuery>;

    /// How far each cluster's history is confirmed and pruned.
    #[pallet::storage]
    pub type Progress<T: Config> =
        StorageMap<_, Twox64Concat, ClusterId, ClusterProgress, ValueQuery>;

    /// The blocks of each cluster with messages or amendments, but for the newest.
    // Twox64Concat: block numbers. So for the maps by block below.
    #[pallet::storage]
    pub type QueueCheckpoints<T: Config> = StorageDoubleMap<
        _,
        Twox64Concat,
        ClusterId,
        Twox64Concat,
        BlockNumber,
        QueueCheckpoint,
        OptionQuery,
    >;

    /// What workers say about the checkpoints that aren't confirmed yet.
    #[pallet::storage]
    pub type Tallies<T: Config> = StorageDoubleMap<
        _,
        Twox64Concat,
        ClusterId,
        Twox64Concat,
        BlockNumber,
        BoundedVec<Tally<T>, MaxVoters<T>>,
        ValueQuery,
    >;

    /// What was confirmed about checkpoints that some worker may still acknowledge, and about the last one
    /// that was pruned: the oldest that a newcomer can begin with.
    #[pallet::storage]
    pub type Confirmations<T: Config> = StorageDoubleMap<
        _,
        Twox64Concat,
        ClusterId,
        Twox64Concat,
        BlockNumber,
        Confirmation,
        OptionQuery,
    >;

    /// The clusters that are upgraded to another engine at the start of a block.
    #[pallet::storage]
    pub type UpgradesAt<T: Config> = StorageMap<
        _,
        Twox64Concat,
        BlockNumber,
        BoundedVec<ClusterId, T::MaxUpgradesPerBlock>,
        ValueQuery,
    >;

    /// The clusters whose prices change at the start of a block.
    #[pallet::storage]
    pub type PricesAt<T: Config> = StorageMap<
        _,
        Twox64Concat,
        BlockNumber,
        BoundedVec<ClusterId, T::MaxUpgradesPerBlock>,
        ValueQuery,
    >;

    /// The prices that a cluster will have, and from which block on.
    #[pallet::storage]
    pub type PendingPrices<T: Config> =
        StorageMap<_, Twox64Concat, ClusterId, (BlockNumber, Prices), OptionQuery>;

    /// Between which prices owners may choose; `None`: any.
    #[pallet::storage]
    pub type PriceBounds<T: Config> = StorageValue<_, PriceRange, OptionQuery>;

    /// Where workers of each cluster stand that can't go on.
    #[pallet::storage]
    pub type ParkReports<T: Config> =
        StorageMap<_, Twox64Concat, ClusterId, BoundedVec<ParkReport, T::MaxMembers>, ValueQuery>;

    /// Amendments that take effect in the next block.
    #[pallet::storage]
    pub type StagedAmendments<T: Config> =
        StorageValue<_, BoundedVec<(ClusterId, Amendment), MaxAmendments>, ValueQuery>;

    /// All amendments that took effect, by message: part of the history for ever.
    #[pallet::storage]
    pub type Amendments<T: Config> =
        StorageDoubleMap<_, Twox64Concat, ClusterId, Twox64Concat, Seq, Amended, OptionQuery>;

    /// How many messages of a block are amended, and how often.
    #[pallet::storage]
    pub type AmendedMessages<T: Config> = StorageDoubleMap<
        _,
        Twox64Concat,
        ClusterId,
        Twox64Concat,
        BlockNumber,
        AmendedBlock,
        ValueQuery,
    >;

    /// The messages of each cluster at which it may come to another version, until workers
    /// confirmed what came of them, in order.
    #[pallet::storage]
    pub type Transitions<T: Config> =
        StorageMap<_, Twox64Concat, ClusterId, BoundedVec<Transition, MaxTransitions>, ValueQuery>;

    /// The amendments by the block that delivered them, in order, each list kept as long as the
    /// block's queue checkpoint.
    #[pallet::storage]
    pub type BlockAmendments<T: Config> = StorageDoubleMap<
        _,
        Twox64Concat,
        ClusterId,
        Twox64Concat,
        BlockNumber,
        BoundedVec<Amendment, MaxAmendments>,
        ValueQuery,
    >;

    /// Withdrawals that weren't paid yet, by their message.
    #[pallet::storage]
    pub type Withdrawals<T: Config> =
        StorageDoubleMap<_, Twox64Concat, ClusterId, Twox64Concat, Seq, Withdrawal, OptionQuery>;

    /// Who brought the deposits of a cluster, as long as nobody confirmed that there is one: to
    /// whom they go back if its Setup fails. By message.
    #[pallet::storage]
    pub type Refunds<T: Config> =
        StorageDoubleMap<_, Twox64Concat, ClusterId, Twox64Concat, Seq, Refund, OptionQuery>;

    /// Set at genesis on development chains: there, an engine's record can be replaced.
    #[pallet::storage]
    pub type Development<T: Config> = StorageValue<_, bool, ValueQuery>;

    /// What each cluster's first member said of the seed that its workers share: for ever.
    #[pallet::storage]
    pub type ClusterKeys<T: Config> =
        StorageMap<_, Twox64Concat, ClusterId, KeyCommitment, OptionQuery>;

    /// The X25519 public keys of admitted workers, to which seeds are sealed.
    // Blake2_128Concat: whoever is admitted chose the account.
    #[pallet::storage]
    pub type WorkerKeys<T: Config> =
        StorageMap<_, Blake2_128Concat, AccountId, EnvelopeKey, OptionQuery>;

    /// The seed of a cluster as it was sealed to a member, once by each of the others.
    // Blake2_128Concat: as for `WorkerKeys`.
    #[pallet::storage]
    pub type SealedKeys<T: Config> = StorageDoubleMap<
        _,
        Twox64Concat,
        ClusterId,
        Blake2_128Concat,
        AccountId,
        BoundedVec<Envelope, T::MaxMembers>,
        ValueQuery,
    >;

    /// The engine versions under which every worker interprets, in ascending order.
    #[pallet::storage]
    pub type InterpretedEngines<T: Config> =
        StorageValue<_, BoundedVec<EngineVersion, T::MaxEngines>, ValueQuery>;
}
