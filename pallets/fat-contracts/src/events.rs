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
        Uploading {
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
        Instantiating {
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
        Calling {
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
        /// A worker named the owner whose clusters it joins.
        WorkerServes {
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
        /// Something that can't be was found. The pallet left it alone and went on; operators
        /// should look.
        InternalError {
            /// What was found.
            what: Defect,
        },
    }
}
