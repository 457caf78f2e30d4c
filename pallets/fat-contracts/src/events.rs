use frame_support::pallet_macros::*;

/// What the pallet tells the world.
#[pallet_section]
mod events {
    /// What the pallet tells the world.
    #[pallet::event]
    #[pallet::generate_deposit(pub(crate) fn deposit_event)]
    pub enum Event<T: Config> {
        /// Governance registered an engine version.
        EngineRegistered {
            /// The version.
            version: EngineVersion,
        },
        /// Governance changed what an engine version may be used for.
        EngineStatusChanged {
            /// The version.
            version: EngineVersion,
            /// From now on.
            status: EngineStatus,
        },
        /// The record of an engine version was replaced, on a development chain.
        EngineReplaced {
            /// The version.
            version: EngineVersion,
        },
        /// New clusters start on this version.
        PinkRuntimeVersionSet {
            /// The version.
            version: EngineVersion,
        },
        /// The system contract has this code from the next block on.
        PinkSystemCodeStaged {
            /// Its hash.
            code_hash: CodeHash,
        },
        /// The system contract has this code now.
        PinkSystemCodeSet {
            /// Its hash.
            code_hash: CodeHash,
        },
        /// A cluster was made; its Setup is message 0.
        ClusterCreated {
            /// The cluster.
            cluster: ClusterId,
            /// Its owner.
            owner: AccountId,
            /// The version that it starts on.
            engine: EngineVersion,
        },
        /// Code was queued for upload.
        UploadQueued {
            /// The cluster.
            cluster: ClusterId,
            /// The message.
            seq: Seq,
            /// The signer.
            who: AccountId,
            /// Hash of the code.
            code_hash: CodeHash,
        },
        /// The removal of code was queued.
        CodeRemovalQueued {
            /// The cluster.
            cluster: ClusterId,
            /// The message.
            seq: Seq,
            /// The signer.
            who: AccountId,
            /// Hash of the code.
            code_hash: CodeHash,
        },
        /// The making of a contract was queued. It exists once the engine made it.
        InstantiationQueued {
            /// The cluster.
            cluster: ClusterId,
            /// The message.
            seq: Seq,
            /// The signer.
            deployer: AccountId,
            /// Hash of the code.
            code_hash: CodeHash,
            /// The address that the contract will have.
            address: AccountId,
        },
        /// A call was queued.
        CallQueued {
            /// The cluster.
            cluster: ClusterId,
            /// The message.
            seq: Seq,
            /// The signer.
            who: AccountId,
            /// The contract.
            contract: AccountId,
        },
        /// Money was taken and its arrival in the cluster queued.
        DepositQueued {
            /// The cluster.
            cluster: ClusterId,
            /// The message.
            seq: Seq,
            /// The chain account that paid.
            from: AccountId,
            /// The ledger account that receives.
            dest: AccountId,
            /// How much.
            amount: Balance,
        },
        /// A withdrawal was queued. It is paid when workers confirmed the debit.
        WithdrawalQueued {
            /// The cluster.
            cluster: ClusterId,
            /// The message.
            seq: Seq,
            /// The ledger account that is debited.
            from: AccountId,
            /// The chain account that is to be paid.
            dest: AccountId,
            /// How much.
            amount: Balance,
        },
        /// A worker was admitted.
        WorkerRegistered {
            /// The worker.
            worker: AccountId,
        },
        /// A worker's admission was taken back.
        WorkerUnregistered {
            /// The worker.
            worker: AccountId,
        },
        /// A worker named the owner whose clusters it joins.
        ServedOwnerSet {
            /// The worker.
            worker: AccountId,
            /// The owner; nobody = it joins no cluster.
            owner: Option<AccountId>,
        },
        /// A worker joined a cluster.
        WorkerAdded {
            /// The cluster.
            cluster: ClusterId,
            /// The worker.
            worker: AccountId,
        },
        /// A worker left a cluster.
        WorkerRemoved {
            /// The cluster.
            cluster: ClusterId,
            /// The worker.
            worker: AccountId,
        },
        /// A worker said which engine files it has.
        EnginesAnnounced {
            /// The worker.
            worker: AccountId,
        },
        /// An upgrade to a newer engine was scheduled.
        UpgradeScheduled {
            /// The cluster.
            cluster: ClusterId,
            /// The version that it runs.
            from: EngineVersion,
            /// The version that it is upgraded to.
            to: EngineVersion,
            /// The block whose first message will be the Upgrade.
            at: BlockNumber,
        },
        /// An upgrade that was scheduled doesn't take place.
        UpgradeDropped {
            /// The cluster.
            cluster: ClusterId,
            /// The version that it was to be upgraded to.
            to: EngineVersion,
            /// Why.
            reason: DropReason,
        },
        /// The Upgrade message is in the queue: what comes before it runs under `from`, what
        /// comes behind it under `to`.
        UpgradeQueued {
            /// The cluster.
            cluster: ClusterId,
            /// The message.
            seq: Seq,
            /// The version until here.
            from: EngineVersion,
            /// The version from here on, if its `upgrade` succeeds.
            to: EngineVersion,
        },
        /// Workers confirmed that the cluster runs another version.
        RuntimeUpgraded {
            /// The cluster.
            cluster: ClusterId,
            /// The version until then.
            from: EngineVersion,
            /// The version since.
            to: EngineVersion,
        },
        /// Workers confirmed that an upgrade failed: the cluster stays where it was.
        UpgradeFailed {
            /// The cluster.
            cluster: ClusterId,
            /// The Upgrade message.
            seq: Seq,
        },
        /// The system contract asked for an upgrade that can't be scheduled.
        UpgradeRequestRejected {
            /// The cluster.
            cluster: ClusterId,
            /// The version it asked for.
            to: EngineVersion,
            /// Why not.
            reason: DispatchError,
        },
        /// A quorum agrees about a checkpoint, or governance decided. Of a checkpoint whose root
        /// governance named it comes twice: then, and when its effects are told.
        CheckpointConfirmed {
            /// The cluster.
            cluster: ClusterId,
            /// The block.
            block: BlockNumber,
            /// The last message executed.
            last_seq: Seq,
            /// The state root.
            root: StateRoot,
            /// The root over the block's receipts; `None` as long as there is nothing but a root that
            /// governance named.
            receipts_root: Option<ReceiptsRoot>,
        },
        /// A worker says something else about a checkpoint than others do.
        StateDiverged {
            /// The cluster.
            cluster: ClusterId,
            /// The block.
            block: BlockNumber,
            /// The worker.
            worker: AccountId,
            /// The root that it reports.
            root: StateRoot,
        },
        /// A worker was found to disagree with what was confirmed. It counts no more.
        WorkerDiverged {
            /// The cluster.
            cluster: ClusterId,
            /// The block.
            block: BlockNumber,
            /// The worker.
            worker: AccountId,
        },
        /// No quorum is possible any more: payouts and upgrades wait for governance.
        ClusterDiverged {
            /// The cluster.
            cluster: ClusterId,
            /// The block.
            block: BlockNumber,
        },
        /// Governance decided what workers couldn't.
        DivergenceResolved {
            /// The cluster.
            cluster: ClusterId,
            /// The block.
            block: BlockNumber,
            /// The root that is right.
            root: StateRoot,
        },
        /// A worker can't execute a message.
        WorkerParked {
            /// The cluster.
            cluster: ClusterId,
            /// The worker.
            worker: AccountId,
            /// The block of the message.
            block: BlockNumber,
            /// The message.
            seq: Seq,
            /// Why.
            cause: ParkCause,
        },
        /// A quorum of workers can't execute a message, for the same reason. Governance may
        /// amend it.
        ClusterStuck {
            /// The cluster.
            cluster: ClusterId,
            /// The message.
            seq: Seq,
            /// Why.
            cause: ParkCause,
        },
        /// An amendment takes effect in the next block.
        AmendmentStaged {
            /// The cluster.
            cluster: ClusterId,
            /// The message.
            seq: Seq,
            /// What becomes of it.
            remedy: Remedy,
        },
        /// An amendment took effect: it is part of the history.
        Amended {
            /// The cluster.
            cluster: ClusterId,
            /// The message.
            seq: Seq,
            /// What becomes of it.
            remedy: Remedy,
        },
        /// Governance said between which prices owners may choose.
        PriceBoundsSet {
            /// The bounds; `None`: any price.
            range: Option<PriceRange>,
        },
        /// New prices were announced.
        PricesScheduled {
            /// The cluster.
            cluster: ClusterId,
            /// The prices.
            prices: Prices,
            /// The block from which they hold.
            at: BlockNumber,
        },
        /// New prices hold from this message on.
        PricesUpdated {
            /// The cluster.
            cluster: ClusterId,
            /// The message.
            seq: Seq,
            /// The prices.
            prices: Prices,
        },
        /// Prices that were announced don't come: the cluster is closing, or the queue was full.
        PricesDropped {
            /// The cluster.
            cluster: ClusterId,
            /// The prices.
            prices: Prices,
        },
        /// A schedule was queued.
        ScheduleQueued {
            /// The cluster.
            cluster: ClusterId,
            /// The message.
            seq: Seq,
        },
        /// The eviction of a contract was asked for.
        SurchargeClaimQueued {
            /// The cluster.
            cluster: ClusterId,
            /// The message.
            seq: Seq,
            /// The signer.
            who: AccountId,
            /// The contract.
            contract: AccountId,
        },
        /// The place of a message was paid for.
        OrderingFeePaid {
            /// The cluster.
            cluster: ClusterId,
            /// The message.
            seq: Seq,
            /// Who paid.
            who: AccountId,
            /// How much.
            fee: Balance,
        },
        /// A withdrawal was paid.
        WithdrawalPaid {
            /// The cluster.
            cluster: ClusterId,
            /// The message.
            seq: Seq,
            /// Who was paid.
            dest: AccountId,
            /// How much.
            amount: Balance,
        },
        /// A withdrawal is due but couldn't be paid: anyone may try again.
        WithdrawalDue {
            /// The cluster.
            cluster: ClusterId,
            /// The message.
            seq: Seq,
        },
        /// Workers confirmed that the ledger wasn't debited: nothing is owed.
        WithdrawalRefused {
            /// The cluster.
            cluster: ClusterId,
            /// The message.
            seq: Seq,
        },
        /// The cluster is closing: withdrawals only.
        ClusterClosing {
            /// The cluster.
            cluster: ClusterId,
        },
        /// The cluster's last message is queued, and its money is gone.
        ClusterDestroyed {
            /// The cluster.
            cluster: ClusterId,
            /// The message.
            seq: Seq,
            /// Who got what was left on the chain.
            dest: AccountId,
            /// How much that was, the escrow's own deposit included.
            amount: Balance,
        },
        /// A worker had something to acknowledge and wasn't heard of for too long: it is left out
        /// of what it didn't acknowledge, until it is heard again.
        WorkerLapsed {
            /// The cluster.
            cluster: ClusterId,
            /// The worker.
            worker: AccountId,
        },
        /// Governance decided that what a worker says is right, up to a block.
        ResolvedInFavour {
            /// The cluster.
            cluster: ClusterId,
            /// The worker.
            worker: AccountId,
            /// The last block that was confirmed thereby.
            block: BlockNumber,
        },
        /// An amendment doesn't take effect: meanwhile its message was confirmed, or workers went
        /// on, or the version can't migrate the state any more.
        AmendmentDropped {
            /// The cluster.
            cluster: ClusterId,
            /// The message.
            seq: Seq,
            /// What should have become of it.
            remedy: Remedy,
        },
        /// Workers confirmed that the Setup was rejected or skipped: there is no ledger. The
        /// cluster is closing, and all deposits go back.
        SetupFailed {
            /// The cluster.
            cluster: ClusterId,
        },
        /// Something that can't be was found. The pallet left it alone and went on; operators
        /// should look.
        InternalError {
            /// What was found.
            what: InternalError,
        },
        /// A worker has another X25519 key, to which seeds are sealed.
        WorkerKeySet {
            /// The worker.
            worker: AccountId,
            /// The public key.
            key: EnvelopeKey,
        },
        /// The first member of a cluster committed to the key that its workers share.
        ClusterKeyCommitted {
            /// The cluster.
            cluster: ClusterId,
            /// The member.
            worker: AccountId,
            /// BLAKE2b-256 of a domain and the seed.
            commitment: KeyCommitment,
        },
        /// A member sealed the cluster's key to another one.
        ClusterKeyShared {
            /// The cluster.
            cluster: ClusterId,
            /// Who sealed it.
            from: AccountId,
            /// Who can open it.
            to: AccountId,
        },
        /// Governance took a cluster's commitment back, and all that was sealed.
        ClusterKeyCleared {
            /// The cluster.
            cluster: ClusterId,
            /// The commitment that it had.
            commitment: KeyCommitment,
        },
        /// It was queued that code is to run compiled.
        CodeActivationQueued {
            /// The cluster.
            cluster: ClusterId,
            /// The message.
            seq: Seq,
            /// The signer.
            who: AccountId,
            /// Hash of the code.
            code_hash: CodeHash,
        },
        /// Governance said how workers run contracts under an engine.
        EngineModeSet {
            /// The version.
            version: EngineVersion,
            /// How.
            mode: ExecutionMode,
        },
    }
}
