use frame_support::pallet_macros::*;

/// Why a call is refused.
#[pallet_section]
mod errors {
    /// Why a call is refused. A refused call changes nothing.
    #[pallet::error]
    pub enum Error<T> {
        /// No engine of that version is registered.
        EngineNotFound,
        /// An engine of that version is registered already. Records never change.
        EngineExists,
        /// The engine isn't Active: nothing may come to it.
        EngineNotActive,
        /// A cluster runs the engine, or may turn out to. Upgrade the clusters first, or force it.
        EngineInUse,
        /// An engine needs at least one file.
        NoArtefact,
        /// More files than the chain records for one engine.
        TooManyArtefacts,
        /// A target's name is longer than 64 bytes.
        TargetTooLong,
        /// Two files for one target.
        DuplicateTarget,
        /// The file belongs to another version, or is named twice.
        ArtefactInUse,
        /// More versions to migrate from than the chain records for one engine.
        TooManyUpgradePaths,
        /// An engine migrates the state of older versions only.
        UpgradePathNotOlder,
        /// The chain records no more engines.
        TooManyEngines,
        /// The ABI version must be at least 1.
        UnknownAbi,
        /// This isn't a development chain: an engine's record never changes.
        NotDevelopmentChain,
        /// Governance has set no version for new clusters.
        NoRuntimeVersion,
        /// New clusters don't start on the version that was meant, but on this one (each number
        /// at most 255 here: an error has room for no more).
        NotCurrentVersion {
            /// Its major number.
            major: u8,
            /// Its minor number.
            minor: u8,
        },
        /// The engine needs a system contract, and governance has set no code for it.
        NoPinkSystemCode,
        /// The system contract's code is empty or too long.
        BadSystemCode,
        /// No such cluster.
        ClusterNotFound,
        /// Only the cluster's owner (or governance, where it is allowed) may do this.
        NotClusterOwner,
        /// The owner allows uploads and instantiation to itself alone.
        ClusterPermissionDenied,
        /// The cluster is being destroyed: it takes withdrawals only.
        ClusterClosing,
        /// The cluster's engine was revoked: it takes nothing but its upgrade.
        EngineRevoked,
        /// The existential deposit of a cluster must not be zero.
        ZeroExistentialDeposit,
        /// Governance makes clusters without a deposit: it has no account to take it from.
        DepositWithoutPayer,
        /// The engine configuration is too long.
        EngineConfigTooLong,
        /// No more clusters can be counted.
        TooManyClusters,
        /// The message is longer than `MaxMessageBytes`, code included.
        MessageTooLong,
        /// The queue has no room for this kind of message. Wait until workers caught up.
        QueueFull,
        /// A gas limit of zero can execute nothing.
        ZeroGasLimit,
        /// The gas limit is above `MaxMessageWeight`; or above a quarter of `MaxBlockWeight`, if
        /// it isn't the owner's.
        GasLimitTooHigh,
        /// The cluster's messages in this block have used up what there is for this sender's
        /// kind. Try the next block.
        BlockGasExhausted,
        /// The sender has had its quarter of this block. Try the next one.
        SenderGasExhausted,
        /// Ordering the message costs more now than the sender accepts. What it costs is
        /// `Pallet::ordering_fee`: an error has no room for amounts.
        OrderingFeeTooHigh,
        /// This block is over for the cluster. (A hook of a pallet that is composed behind this
        /// one: see `on_finalize`.)
        BlockOver,
        /// Gas limit × gas price + value isn't an amount of money.
        FeeOverflow,
        /// The salt `pink:system` is the system contract's.
        ReservedSalt,
        /// Less than the least that may be moved: the cluster's existential deposit on the way
        /// in, the chain's on the way out.
        AmountTooLow,
        /// No such worker was admitted.
        WorkerNotFound,
        /// The worker was admitted before.
        WorkerExists,
        /// The worker didn't name the cluster's owner as the one it serves.
        WorkerServesAnother,
        /// The worker works for a cluster already.
        WorkerIsBusy,
        /// The cluster has as many workers as it can have.
        TooManyMembers,
        /// The worker doesn't work for this cluster, or didn't yet at that block.
        NotMember,
        /// As many workers left since the last confirmed checkpoint as can.
        TooManyMembershipChanges,
        /// The cluster has an upgrade under way: one at a time, until workers confirmed it.
        UpgradePending,
        /// There is no upgrade that could still be cancelled.
        NoPendingUpgrade,
        /// A cluster is only ever upgraded to a newer version.
        NotNewer,
        /// The engine can't migrate the state of the version that the cluster runs.
        UnsupportedUpgradePath,
        /// The block is in the past, or nearer than `MinUpgradeNotice`.
        TooSoon,
        /// Too few of the cluster's workers announced a file of the engine.
        NotEnoughWorkersReady {
            /// How many did.
            have: u8,
            /// How many it takes.
            need: u8,
        },
        /// As many clusters are upgraded, or change their prices, at that block as can. Take another.
        TooManyUpgrades,
        /// Workers disagree about the cluster's state: governance has to decide first.
        ClusterDiverged,
        /// No checkpoint of that block waits for confirmation; or it isn't the next one, and no
        /// worker that is right about it has said what came before.
        NothingToResolve,
        /// No checkpoints, or more than `MaxCheckpoints`.
        TooManyCheckpoints,
        /// The worker disagreed with what was confirmed. It counts no more until the owner takes
        /// it out and in again.
        WorkerDiverged,
        /// The block isn't over yet.
        CheckpointNotThere,
        /// Checkpoints are acknowledged in order, without gaps, once.
        NotNextCheckpoint,
        /// Last message or message hash aren't what this chain has at that block.
        WrongHistory,
        /// More effects than a checkpoint can have.
        TooManyEffects,
        /// The effects aren't in order, or aren't of this block's messages.
        ImpossibleEffect,
        /// The message isn't queued in that block, or is confirmed already, or acknowledged by who
        /// reports it.
        NotWaiting,
        /// No quorum of equal reports says that workers can't execute the message.
        NotParked,
        /// As many amendments take effect in the next block as can.
        TooManyAmendments,
        /// The prices aren't within governance's bounds, or the bounds aren't in order.
        PricesOutOfBounds,
        /// New prices were announced already: one change at a time.
        PricesPending,
        /// As many withdrawals as a block can have for this sender's kind. Try the next one.
        TooManyWithdrawals,
        /// As many withdrawals as one account can have in a block. Try the next one.
        TooManyOwnWithdrawals,
        /// No withdrawal of that number is due.
        NothingDue,
        /// The escrow holds less than is to be paid.
        EscrowShort,
        /// Money can be swept only after the cluster was closing for `ClosingPeriod`.
        ClosingPeriodNotOver,
        /// Messages aren't confirmed or money isn't paid out yet.
        ClusterNotEmpty,
        /// There is nothing to prune.
        NothingToPrune,
        /// The message is skipped: that is final, because money that it brought went back.
        AlreadySkipped,
        /// An amendment takes effect in the next block already: of the message; or of one up to the block
        /// whose root is named, which is that of another history then.
        AmendmentPending,
        /// Messages of the block were amended, and the checkpoint doesn't name them: the block has
        /// to be executed again, as amended.
        AmendmentMissing,
        /// The checkpoint was made under another amendment of one of its messages than the one in
        /// force, or tells what came of a message that is skipped: the block has to be executed
        /// again, as amended.
        OtherAmendment,
        /// An amendment took effect after the block in whose state this was found: it is of another
        /// history now, and has to be looked at again.
        AmendedSince,
        /// A quorum is parked at a message up to the block whose root is named: amend it first.
        WorkersParked,
        /// The cluster's key was committed to before: there is no other one, ever.
        ClusterKeyExists,
        /// The cluster's first member draws its key: who was added first, of those that agree with the
        /// others and aren't silent for too long.
        NotFirstMember,
        /// Nobody has committed to the cluster's key yet.
        NoClusterKey,
        /// The worker has no X25519 key on the chain.
        NoWorkerKey,
        /// A cluster's key was sealed to the worker's X25519 key. It can take another one once it has left
        /// the cluster.
        WorkerKeyInUse,
        /// The messages of the block were amended as often as those of one block can be.
        TooManyAmendmentsOfBlock,
        /// Workers run contracts under the engine in this way already.
        EngineModeUnchanged,
    }
}
