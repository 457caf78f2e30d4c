use frame_support::pallet_macros::*;

/// What people, workers and governance can ask for.
#[pallet_section]
mod calls {
    // An index is never used for a second meaning: signed extrinsics contain it.
    #[pallet::call]
    impl<T: Config> Pallet<T> {
        /// Registers an engine version, Active from the start.
        ///
        /// ## Dispatch Origin
        /// [`Config::GovernanceOrigin`].
        ///
        /// ## Details
        /// `abi`: major version of the ABI that the files speak, at least 1. `upgrades_from`:
        /// older versions whose state it can migrate. `artefacts`: the files, one a target,
        /// at least one. Only the status of a record ever changes.
        ///
        /// ## Errors
        /// `EngineExists`, `TooManyEngines`, `UnknownAbi`, `UpgradePathNotOlder`,
        /// `TooManyUpgradePaths`, `NoArtefact`, `TooManyArtefacts`, `TargetTooLong`,
        /// `DuplicateTarget`, `ArtefactInUse`.
        ///
        /// ## Events
        /// `EngineRegistered`.
        #[pallet::call_index(0)]
        #[pallet::weight(T::WeightInfo::register_engine(artefacts.len() as u32))]
        pub fn register_engine(
            origin: OriginFor<T>,
            version: EngineVersion,
            abi: u16,
            upgrades_from: Vec<EngineVersion>,
            artefacts: Vec<Artefact>,
        ) -> DispatchResult {
            T::GovernanceOrigin::ensure_origin(origin)?;
            Self::do_register_engine(version, abi, upgrades_from, artefacts)
        }

        /// Says what an engine version may be used for.
        ///
        /// ## Dispatch Origin
        /// [`Config::GovernanceOrigin`].
        ///
        /// ## Details
        /// Revoking an engine that a cluster runs, or may turn out to run, needs `force`: its
        /// clusters then take no messages until they are upgraded away from it. What was ordered before
        /// is executed and replayed all the same.
        ///
        /// ## Errors
        /// `EngineNotFound`, `EngineInUse`.
        ///
        /// ## Events
        /// `EngineStatusChanged`.
        #[pallet::call_index(1)]
        #[pallet::weight(T::WeightInfo::set_engine_status())]
        pub fn set_engine_status(
            origin: OriginFor<T>,
            version: EngineVersion,
            status: EngineStatus,
            force: bool,
        ) -> DispatchResult {
            T::GovernanceOrigin::ensure_origin(origin)?;
            Self::do_set_engine_status(version, status, force)
        }

        /// Says which version new clusters start on.
        ///
        /// ## Dispatch Origin
        /// [`Config::GovernanceOrigin`].
        ///
        /// ## Errors
        /// `EngineNotFound`, `EngineNotActive`.
        ///
        /// ## Events
        /// `PinkRuntimeVersionSet`.
        #[pallet::call_index(2)]
        #[pallet::weight(T::WeightInfo::set_pink_runtime_version())]
        pub fn set_pink_runtime_version(
            origin: OriginFor<T>,
            version: EngineVersion,
        ) -> DispatchResult {
            T::GovernanceOrigin::ensure_origin(origin)?;
            Self::do_set_pink_runtime_version(version)
        }

        /// Sets the code of the system contract, from the next block on.
        ///
        /// ## Dispatch Origin
        /// [`Config::GovernanceOrigin`].
        ///
        /// ## Details
        /// Clusters get the code that is current when they are made, or when they are upgraded to an
        /// engine that has a system contract.
        ///
        /// ## Errors
        /// `BadSystemCode`.
        ///
        /// ## Events
        /// `PinkSystemCodeStaged`; `PinkSystemCodeSet` in the next block.
        #[pallet::call_index(3)]
        #[pallet::weight(T::WeightInfo::set_pink_system_code(code.len() as u32))]
        pub fn set_pink_system_code(origin: OriginFor<T>, code: Vec<u8>) -> DispatchResult {
            T::GovernanceOrigin::ensure_origin(origin)?;
            Self::do_set_pink_system_code(code)
        }

        /// Makes a cluster on the current runtime version and queues its Setup.
        ///
        /// ## Dispatch Origin
        /// Signed by the owner, who pays the chain's existential deposit for the escrow and
        /// brings `deposit` into the cluster's ledger; or [`Config::GovernanceOrigin`] with
        /// deposit 0, for which [`Config::GovernanceAccount`] pays.
        ///
        /// ## Details
        /// `engine` is the version that is meant, which has to be the current one: the configuration
        /// is made for it. `workers` must have named the owner. The prices are in the chain's smallest unit:
        /// `gas_price` a picosecond, `deposit_per_item` and `deposit_per_byte` of storage held.
        /// `treasury_account` is the ledger account for fees. `existential_deposit`, at least
        /// 1, is the cluster's own, for ever. `engine_config` is the engine's business; empty
        /// means its defaults.
        ///
        /// ## Errors
        /// `NotClusterOwner`, `DepositWithoutPayer`, `ZeroExistentialDeposit`, `AmountTooLow`,
        /// `EngineConfigTooLong`, `NoRuntimeVersion`, `NotCurrentVersion`, `EngineNotActive`,
        /// `NoPinkSystemCode`, `WorkerNotFound`, `WorkerServesAnother`, `WorkerIsBusy`,
        /// `TooManyMembers`; the currency's if the owner can't pay.
        ///
        /// ## Events
        /// `ClusterCreated`, `WorkerAdded`.
        #[pallet::call_index(4)]
        #[pallet::weight(ordered::<T>(T::WeightInfo::add_cluster(workers.len() as u32)))]
        pub fn add_cluster(
            origin: OriginFor<T>,
            engine: EngineVersion,
            owner: AccountId,
            permission: Permission,
            workers: Vec<AccountId>,
            deposit: Balance,
            gas_price: Balance,
            deposit_per_item: Balance,
            deposit_per_byte: Balance,
            treasury_account: AccountId,
            existential_deposit: Balance,
            engine_config: Vec<u8>,
        ) -> DispatchResult {
            let payer = match T::GovernanceOrigin::try_origin(origin) {
                Ok(_) => {
                    ensure!(deposit == 0, Error::<T>::DepositWithoutPayer);
                    T::GovernanceAccount::get()
                }
                Err(origin) => {
                    let who = ensure_signed(origin)?;
                    ensure!(who == owner, Error::<T>::NotClusterOwner);
                    who
                }
            };
            let new = NewCluster {
                engine,
                owner,
                permission,
                workers,
                deposit,
                prices: Prices {
                    gas_price,
                    deposit_per_item,
                    deposit_per_byte,
                },
                treasury: treasury_account,
                existential_deposit,
                engine_config,
            };
            Self::do_add_cluster(&payer, new)
        }

        /// Queues the upload of contract code.
        ///
        /// ## Dispatch Origin
        /// Signed; by the owner if the cluster's permission says so.
        ///
        /// ## Details
        /// Whether the code is any good is decided by the engine, in message order.
        /// `storage_deposit_limit`: the highest deposit accepted; `None`: the engine's default.
        /// `max_gas_price`: the highest gas price accepted; `None`: the current one.
        /// `max_ordering_fee`: the most that is paid on the chain for the message's place, which
        /// isn't given back; see [`Pallet::ordering_fee`].
        ///
        /// ## Errors
        /// `ClusterNotFound`, `ClusterClosing`, `EngineRevoked`, `ClusterPermissionDenied`,
        /// `MessageTooLong`, `QueueFull`, `OrderingFeeTooHigh`; the currency's if the signer can't
        /// pay the fee.
        ///
        /// ## Events
        /// `UploadQueued`, `OrderingFeePaid`.
        #[pallet::call_index(5)]
        #[pallet::weight(ordered::<T>(T::WeightInfo::cluster_upload_resource(code.len() as u32)))]
        pub fn cluster_upload_resource(
            origin: OriginFor<T>,
            cluster: ClusterId,
            code: Vec<u8>,
            storage_deposit_limit: Option<Balance>,
            max_gas_price: Option<Balance>,
            max_ordering_fee: Balance,
        ) -> DispatchResult {
            let who = ensure_signed(origin)?;
            Self::do_upload(
                who,
                cluster,
                code,
                storage_deposit_limit,
                max_gas_price,
                max_ordering_fee,
            )
        }

        /// Queues the making of a contract, from code that comes along or that is there when
        /// the message is executed.
        ///
        /// ## Dispatch Origin
        /// Signed; by the owner if the cluster's permission says so.
        ///
        /// ## Details
        /// `input`: constructor selector and arguments. `salt` is part of the address, and
        /// anything but `pink:system`. `value` and all gas are paid in the cluster. `gas_limit`
        /// is what the execution may use, in picoseconds and bytes, without the message's base; only
        /// the owner's may be above a quarter of `MaxBlockWeight`. `max_ordering_fee`: as for
        /// `cluster_upload_resource`.
        ///
        /// ## Errors
        /// As `call_contract`; `ClusterPermissionDenied`, `ReservedSalt`.
        ///
        /// ## Events
        /// `InstantiationQueued`, with the address that the contract will have; `OrderingFeePaid`.
        #[pallet::call_index(6)]
        #[pallet::weight(ordered::<T>(T::WeightInfo::instantiate_contract(bytes_of(code, &[input, salt]))))]
        pub fn instantiate_contract(
            origin: OriginFor<T>,
            cluster: ClusterId,
            code: CodeSource,
            input: Vec<u8>,
            salt: Vec<u8>,
            value: Balance,
            gas_limit: GasWeight,
            storage_deposit_limit: Option<Balance>,
            max_gas_price: Option<Balance>,
            max_ordering_fee: Balance,
        ) -> DispatchResult {
            let who = ensure_signed(origin)?;
            let offer = Offer {
                value,
                gas_limit,
                storage_deposit_limit,
                max_gas_price,
                max_ordering_fee,
            };
            Self::do_instantiate(who, cluster, code, input, salt, offer)
        }

        /// Queues a call of a contract.
        ///
        /// ## Dispatch Origin
        /// Signed.
        ///
        /// ## Details
        /// As for `instantiate_contract`. Whether there is such a contract is decided by the
        /// engine, in message order.
        ///
        /// ## Errors
        /// `ClusterNotFound`, `ClusterClosing`, `EngineRevoked`, `ZeroGasLimit`,
        /// `GasLimitTooHigh`, `FeeOverflow`, `MessageTooLong`, `QueueFull`,
        /// `BlockGasExhausted`, `SenderGasExhausted`, `OrderingFeeTooHigh`; the currency's if the
        /// signer can't pay the fee.
        ///
        /// ## Events
        /// `CallQueued`, `OrderingFeePaid`.
        #[pallet::call_index(7)]
        #[pallet::weight(ordered::<T>(T::WeightInfo::call_contract(input.len() as u32)))]
        pub fn call_contract(
            origin: OriginFor<T>,
            cluster: ClusterId,
            contract: AccountId,
            input: Vec<u8>,
            value: Balance,
            gas_limit: GasWeight,
            storage_deposit_limit: Option<Balance>,
            max_gas_price: Option<Balance>,
            max_ordering_fee: Balance,
        ) -> DispatchResult {
            let who = ensure_signed(origin)?;
            let offer = Offer {
                value,
                gas_limit,
                storage_deposit_limit,
                max_gas_price,
                max_ordering_fee,
            };
            Self::do_call(who, cluster, contract, input, offer)
        }

        /// Takes money from the signer and queues its arrival in the cluster.
        ///
        /// ## Dispatch Origin
        /// Signed.
        ///
        /// ## Details
        /// `amount`: at least the cluster's existential deposit. The signer's account stays
        /// open: the chain's existential deposit can't be sent. No gas, no fee in the cluster.
        /// `max_ordering_fee`: as for `cluster_upload_resource`, for a gas limit of zero.
        ///
        /// ## Errors
        /// `ClusterNotFound`, `ClusterClosing`, `EngineRevoked`, `AmountTooLow`, `QueueFull`,
        /// `OrderingFeeTooHigh`; the currency's if the signer can't pay.
        ///
        /// ## Events
        /// `DepositQueued`, `OrderingFeePaid`.
        #[pallet::call_index(8)]
        #[pallet::weight(ordered::<T>(T::WeightInfo::transfer_to_cluster()))]
        pub fn transfer_to_cluster(
            origin: OriginFor<T>,
            cluster: ClusterId,
            dest: AccountId,
            amount: Balance,
            max_ordering_fee: Balance,
        ) -> DispatchResult {
            let who = ensure_signed(origin)?;
            Self::do_transfer_to_cluster(who, cluster, dest, amount, max_ordering_fee)
        }

        /// Queues a withdrawal from the signer's ledger account to an account of the chain.
        ///
        /// ## Dispatch Origin
        /// Signed.
        ///
        /// ## Details
        /// `amount`: at least the chain's existential deposit. It is paid when a quorum of
        /// workers confirmed that the ledger was debited. An account other than the owner's can ask
        /// for [`MAX_ACCOUNT_WITHDRAWALS`](crate::MAX_ACCOUNT_WITHDRAWALS) in a block.
        /// `max_ordering_fee`: as for `cluster_upload_resource`, for a gas limit of zero.
        ///
        /// ## Errors
        /// `ClusterNotFound`, `EngineRevoked`, `AmountTooLow`, `QueueFull`, `TooManyWithdrawals`,
        /// `TooManyOwnWithdrawals`, `OrderingFeeTooHigh`; the currency's if the signer can't pay
        /// the fee.
        ///
        /// ## Events
        /// `WithdrawalQueued`, `OrderingFeePaid`.
        #[pallet::call_index(9)]
        #[pallet::weight(ordered::<T>(T::WeightInfo::withdraw_from_cluster()))]
        pub fn withdraw_from_cluster(
            origin: OriginFor<T>,
            cluster: ClusterId,
            dest: AccountId,
            amount: Balance,
            max_gas_price: Option<Balance>,
            max_ordering_fee: Balance,
        ) -> DispatchResult {
            let who = ensure_signed(origin)?;
            Self::do_withdraw_from_cluster(
                who,
                cluster,
                dest,
                amount,
                max_gas_price,
                max_ordering_fee,
            )
        }

        /// Schedules the upgrade of a cluster to a newer engine.
        ///
        /// ## Dispatch Origin
        /// Signed by the cluster's owner, or [`Config::GovernanceOrigin`].
        ///
        /// ## Details
        /// `to` must be Active, newer, able to migrate the state, and announced by enough of the
        /// cluster's workers. At the start of block `at_block`, at least
        /// `MinUpgradeNotice` ahead, an Upgrade message is queued: what is before it runs under
        /// the old version and what is behind it under the new one, however late a worker is.
        ///
        /// ## Errors
        /// `ClusterNotFound`, `NotClusterOwner`, `ClusterClosing`, `ClusterDiverged`,
        /// `UpgradePending`, `EngineNotFound`, `EngineNotActive`, `NotNewer`,
        /// `UnsupportedUpgradePath`, `NoPinkSystemCode`, `TooSoon`, `NotEnoughWorkersReady`,
        /// `TooManyUpgrades`.
        ///
        /// ## Events
        /// `UpgradeScheduled`; at the block `UpgradeQueued` or `UpgradeDropped`; when workers
        /// confirmed it `RuntimeUpgraded` or `UpgradeFailed`.
        #[pallet::call_index(10)]
        #[pallet::weight(T::WeightInfo::upgrade_runtime(T::MaxMembers::get()))]
        pub fn upgrade_runtime(
            origin: OriginFor<T>,
            cluster: ClusterId,
            to: EngineVersion,
            at_block: BlockNumber,
        ) -> DispatchResultWithPostInfo {
            Self::governed_cluster(origin, cluster)?;
            Self::schedule_upgrade(cluster, to, at_block)?;
            let members = Members::<T>::decode_len(cluster).unwrap_or_default();
            Ok(Some(T::WeightInfo::upgrade_runtime(members as u32)).into())
        }

        /// Takes back an upgrade that isn't queued yet.
        ///
        /// ## Dispatch Origin
        /// Signed by the cluster's owner, or [`Config::GovernanceOrigin`].
        ///
        /// ## Errors
        /// `ClusterNotFound`, `NotClusterOwner`, `NoPendingUpgrade`.
        ///
        /// ## Events
        /// `UpgradeDropped`.
        #[pallet::call_index(11)]
        #[pallet::weight(T::WeightInfo::cancel_upgrade())]
        pub fn cancel_upgrade(origin: OriginFor<T>, cluster: ClusterId) -> DispatchResult {
            let record = Self::governed_cluster(origin, cluster)?;
            Self::do_cancel_upgrade(cluster, record)
        }

        /// Admits a worker.
        ///
        /// ## Dispatch Origin
        /// [`Config::WorkerOrigin`].
        ///
        /// ## Errors
        /// `WorkerExists`.
        ///
        /// ## Events
        /// `WorkerRegistered`.
        #[pallet::call_index(12)]
        #[pallet::weight(T::WeightInfo::register_worker())]
        pub fn register_worker(origin: OriginFor<T>, worker: AccountId) -> DispatchResult {
            T::WorkerOrigin::ensure_origin(origin)?;
            Self::do_register_worker(worker)
        }

        /// Says which engine files the worker has, by hash, instead of what it said before.
        ///
        /// ## Dispatch Origin
        /// Signed by an admitted worker.
        ///
        /// ## Errors
        /// `WorkerNotFound`.
        ///
        /// ## Events
        /// `EnginesAnnounced`.
        #[pallet::call_index(13)]
        #[pallet::weight(T::WeightInfo::announce_engines())]
        pub fn announce_engines(
            origin: OriginFor<T>,
            engines: BoundedVec<Hash, T::MaxAnnounced>,
        ) -> DispatchResult {
            let who = ensure_signed(origin)?;
            Self::do_announce_engines(who, engines)
        }

        /// Adds to the cluster a worker that named its owner. It counts for checkpoints after this
        /// block, or, if nobody counts, for all since somebody did. It acknowledges from the
        /// confirmed end on all the same: that is on record, should governance have to resolve.
        ///
        /// ## Dispatch Origin
        /// Signed by the cluster's owner, or [`Config::GovernanceOrigin`].
        ///
        /// ## Errors
        /// `ClusterNotFound`, `NotClusterOwner`, `ClusterClosing`, `WorkerNotFound`,
        /// `WorkerServesAnother`, `WorkerIsBusy`, `TooManyMembers`.
        ///
        /// ## Events
        /// `WorkerAdded`.
        #[pallet::call_index(14)]
        #[pallet::weight(T::WeightInfo::add_worker_to_cluster())]
        pub fn add_worker_to_cluster(
            origin: OriginFor<T>,
            cluster: ClusterId,
            worker: AccountId,
        ) -> DispatchResult {
            let record = Self::governed_cluster(origin, cluster)?;
            let over = matches!(record.status, ClusterStatus::Destroyed { .. });
            ensure!(!over, Error::<T>::ClusterClosing);
            Self::add_member(cluster, &record, worker)
        }

        /// Takes a worker from the cluster. What it acknowledged still counts, and for
        /// `LeavingPeriod` it may acknowledge what is left up to this block. The quorum of those
        /// checkpoints stays what it was, unless the worker stays silent: then it lapses.
        ///
        /// ## Dispatch Origin
        /// Signed by the cluster's owner or by the worker itself, or
        /// [`Config::GovernanceOrigin`].
        ///
        /// ## Errors
        /// `ClusterNotFound`, `NotClusterOwner`, `NotMember`, `TooManyMembershipChanges`.
        ///
        /// ## Events
        /// `WorkerRemoved`, `WorkerLapsed`; `ClusterDiverged` if no quorum is possible any more.
        #[pallet::call_index(15)]
        #[pallet::weight(settling::<T>(
            T::WeightInfo::remove_worker_from_cluster(),
            T::MaxCheckpoints::get(),
            Pallet::<T>::max_settled_effects(),
        ))]
        pub fn remove_worker_from_cluster(
            origin: OriginFor<T>,
            cluster: ClusterId,
            worker: AccountId,
        ) -> DispatchResultWithPostInfo {
            let by_itself = ensure_signed(origin.clone()).is_ok_and(|who| who == worker);
            if !by_itself {
                Self::governed_cluster(origin, cluster)?;
            }
            let settled = Self::remove_member(cluster, worker)?;
            let own = T::WeightInfo::remove_worker_from_cluster();
            let weight = settling::<T>(own, settled.confirmed, settled.effects);
            Ok(Some(weight).into())
        }

        /// Says what the cluster's state is after checkpoints, in order, without gaps.
        ///
        /// ## Dispatch Origin
        /// Signed by a worker of the cluster, or one that left it not longer than `LeavingPeriod`
        /// ago.
        ///
        /// ## Details
        /// Every block with messages or amendments is a checkpoint, and every
        /// `CheckpointInterval`-th. When a quorum of the members at a checkpoint's block, by
        /// equality of the whole tuple, said the same, it is confirmed, and what it asks of the
        /// chain is done. Whoever says otherwise is marked and counts no more. Who is silent for
        /// `LivenessPeriod` with something to acknowledge is left out of it; but it always takes a
        /// strict majority of all members at the checkpoint's block. What is confirmed already may
        /// be skipped. An acknowledgement that is taken is free; one that is refused pays its fee.
        ///
        /// ## Errors
        /// `NotMember`, `TooManyCheckpoints`, `WorkerDiverged`, `CheckpointNotThere`,
        /// `NotNextCheckpoint`, `WrongHistory`, `TooManyEffects`, `OtherAmendment`, `AmendmentMissing`,
        /// `ImpossibleEffect`, `TooManyMembers`.
        ///
        /// ## Events
        /// `CheckpointConfirmed` and those of its effects; `StateDiverged`, `WorkerDiverged`,
        /// `WorkerLapsed`, `ClusterDiverged`.
        #[pallet::call_index(16)]
        #[pallet::weight(acknowledged::<T>(
            checkpoints.len() as u32,
            effect_count(checkpoints),
            T::MaxCheckpoints::get(),
            Pallet::<T>::max_settled_effects(),
            T::MaxPrune::get(),
        ))]
        pub fn acknowledge(
            origin: OriginFor<T>,
            cluster: ClusterId,
            checkpoints: Vec<Checkpoint>,
        ) -> DispatchResultWithPostInfo {
            let who = ensure_signed(origin)?;
            let (taken, told) = (checkpoints.len() as u32, effect_count(&checkpoints));
            let (settled, pruned) = Self::do_acknowledge(who, cluster, checkpoints)?;
            let QuorumOutcome { confirmed, effects } = settled;
            let weight = acknowledged::<T>(taken, told, confirmed, effects, pruned);
            Ok(PostDispatchInfo {
                actual_weight: Some(weight),
                pays_fee: Pays::No,
            })
        }

        /// Says which root of a block is right, when workers can't agree any more, or don't come.
        ///
        /// ## Dispatch Origin
        /// [`Config::GovernanceOrigin`].
        ///
        /// ## Details
        /// `block` is any checkpoint that isn't confirmed, at most `MaxCheckpoints` ahead. Whoever
        /// reported another root of it, or does later, is marked and counts no more. The block and
        /// those before it are confirmed. A root says nothing about effects: these come about when
        /// a quorum of the members at their block says the same tuple, before this or later; else by
        /// `resolve_in_favour` of a worker that tells them. `as_of` is the block in whose state the
        /// root was found: an amendment that took effect since makes it one of another history.
        ///
        /// ## Errors
        /// `ClusterNotFound`, `NothingToResolve`, `TooManyCheckpoints`, `AmendedSince`,
        /// `AmendmentPending`, `WorkersParked`.
        ///
        /// ## Events
        /// `CheckpointConfirmed`, `WorkerDiverged`, `DivergenceResolved`.
        #[pallet::call_index(17)]
        #[pallet::weight(settling::<T>(
            T::WeightInfo::resolve_divergence(),
            // Those on the way, and what is heard or settled beside them.
            T::MaxCheckpoints::get().saturating_mul(2),
            Pallet::<T>::max_settled_effects(),
        ))]
        pub fn resolve_divergence(
            origin: OriginFor<T>,
            cluster: ClusterId,
            block: BlockNumber,
            root: StateRoot,
            as_of: BlockNumber,
        ) -> DispatchResultWithPostInfo {
            T::GovernanceOrigin::ensure_origin(origin)?;
            let settled = Self::do_resolve_divergence(cluster, block, root, as_of)?;
            let own = T::WeightInfo::resolve_divergence();
            let weight = settling::<T>(own, settled.confirmed, settled.effects);
            Ok(Some(weight).into())
        }

        /// Says that the worker can't execute a message.
        ///
        /// ## Dispatch Origin
        /// Signed by a worker of the cluster.
        ///
        /// ## Details
        /// `as_of` is the block in whose state the worker read the message: it stands there with the
        /// amendments up to that one.
        ///
        /// ## Errors
        /// `NotMember`, `WorkerDiverged`, `NotWaiting`, `AmendedSince`.
        ///
        /// ## Events
        /// `WorkerParked`; `ClusterStuck` when a quorum says the same.
        #[pallet::call_index(18)]
        #[pallet::weight(T::WeightInfo::report_parked())]
        pub fn report_parked(
            origin: OriginFor<T>,
            cluster: ClusterId,
            block: BlockNumber,
            seq: Seq,
            cause: ParkCause,
            as_of: BlockNumber,
        ) -> DispatchResult {
            let who = ensure_signed(origin)?;
            Self::do_report_parked(who, cluster, block, seq, cause, as_of)
        }

        /// Amends a message at which a quorum of workers is parked, from the next block on.
        ///
        /// ## Dispatch Origin
        /// [`Config::GovernanceOrigin`].
        ///
        /// ## Details
        /// `Skip`: it isn't executed, and money that it brought goes back. `ExecuteFrom`: it and
        /// what follows is executed by this version, which must be Active, newer, and able to
        /// migrate the state of the version that runs before it. In the next block it is looked at
        /// again: if workers went on meanwhile it is dropped. Else what they said of the block and
        /// those behind it is void, and they say it anew, naming the amendment.
        ///
        /// ## Errors
        /// `ClusterNotFound`, `NotWaiting`, `AlreadySkipped`, `AmendmentPending`, `NotParked`,
        /// `EngineNotFound`, `EngineNotActive`, `NotNewer`, `UnsupportedUpgradePath`,
        /// `TooManyAmendments`.
        ///
        /// ## Events
        /// `AmendmentStaged`; `Amended` or `AmendmentDropped` in the next block.
        #[pallet::call_index(19)]
        #[pallet::weight(T::WeightInfo::amend())]
        pub fn amend(
            origin: OriginFor<T>,
            cluster: ClusterId,
            seq: Seq,
            remedy: Remedy,
        ) -> DispatchResult {
            T::GovernanceOrigin::ensure_origin(origin)?;
            Self::do_amend(cluster, seq, remedy)
        }

        /// Announces new prices, which hold after `MinPriceNotice`.
        ///
        /// ## Dispatch Origin
        /// Signed by the cluster's owner, or [`Config::GovernanceOrigin`].
        ///
        /// ## Errors
        /// `ClusterNotFound`, `NotClusterOwner`, `ClusterClosing`, `EngineRevoked`,
        /// `PricesOutOfBounds`, `PricesPending`, `TooManyUpgrades`.
        ///
        /// ## Events
        /// `PricesScheduled`; at the block `PricesUpdated` or `PricesDropped`.
        #[pallet::call_index(20)]
        #[pallet::weight(T::WeightInfo::update_prices())]
        pub fn update_prices(
            origin: OriginFor<T>,
            cluster: ClusterId,
            gas_price: Balance,
            deposit_per_item: Balance,
            deposit_per_byte: Balance,
        ) -> DispatchResult {
            Self::governed_cluster(origin, cluster)?;
            let prices = Prices {
                gas_price,
                deposit_per_item,
                deposit_per_byte,
            };
            Self::do_update_prices(cluster, prices)
        }

        /// Pays a withdrawal that is due, to whom it is due; or gives back the deposit of a message
        /// of a cluster whose Setup failed.
        ///
        /// ## Dispatch Origin
        /// Signed by anyone.
        ///
        /// ## Errors
        /// `ClusterNotFound`, `ClusterDiverged`, `NothingDue`, `EscrowShort`; the currency's if
        /// it still can't be paid.
        ///
        /// ## Events
        /// `WithdrawalPaid`.
        #[pallet::call_index(21)]
        #[pallet::weight(T::WeightInfo::claim_withdrawal())]
        pub fn claim_withdrawal(
            origin: OriginFor<T>,
            cluster: ClusterId,
            seq: Seq,
        ) -> DispatchResult {
            ensure_signed(origin)?;
            Self::do_claim_withdrawal(cluster, seq)
        }

        /// Asks for the eviction of a contract that can't pay its rent, for a reward.
        ///
        /// ## Dispatch Origin
        /// Signed. A worker of the cluster counts as the block's author.
        ///
        /// ## Details
        /// `max_gas_price` and `max_ordering_fee`: as for `cluster_upload_resource`.
        ///
        /// ## Errors
        /// `ClusterNotFound`, `ClusterClosing`, `EngineRevoked`, `QueueFull`,
        /// `OrderingFeeTooHigh`; the currency's if the signer can't pay the fee.
        ///
        /// ## Events
        /// `SurchargeClaimQueued`, `OrderingFeePaid`.
        #[pallet::call_index(22)]
        #[pallet::weight(ordered::<T>(T::WeightInfo::claim_surcharge()))]
        pub fn claim_surcharge(
            origin: OriginFor<T>,
            cluster: ClusterId,
            contract: AccountId,
            max_gas_price: Option<Balance>,
            max_ordering_fee: Balance,
        ) -> DispatchResult {
            let who = ensure_signed(origin)?;
            Self::do_claim_surcharge(who, cluster, contract, max_gas_price, max_ordering_fee)
        }

        /// Queues a new schedule, for engines that have one.
        ///
        /// ## Dispatch Origin
        /// [`Config::GovernanceOrigin`].
        ///
        /// ## Errors
        /// `ClusterNotFound`, `ClusterClosing`, `EngineRevoked`, `EngineConfigTooLong`,
        /// `QueueFull`.
        ///
        /// ## Events
        /// `ScheduleQueued`.
        #[pallet::call_index(23)]
        #[pallet::weight(ordered::<T>(T::WeightInfo::update_schedule(schedule.len() as u32)))]
        pub fn update_schedule(
            origin: OriginFor<T>,
            cluster: ClusterId,
            schedule: Vec<u8>,
        ) -> DispatchResult {
            T::GovernanceOrigin::ensure_origin(origin)?;
            Self::do_update_schedule(cluster, schedule)
        }

        /// Ends a cluster, in two steps.
        ///
        /// ## Dispatch Origin
        /// [`Config::GovernanceOrigin`].
        ///
        /// ## Details
        /// The first call closes it: withdrawals and acknowledgements only, what is queued still
        /// runs. The second destroys it, when all messages are confirmed and all money is paid
        /// out; or, after `ClosingPeriod`, whatever is left, which goes to `sweep_to`. What the
        /// chain stores about it is then removed by `prune`.
        ///
        /// ## Errors
        /// `ClusterNotFound`, `ClosingPeriodNotOver`, `ClusterNotEmpty`, `ClusterClosing`.
        ///
        /// ## Events
        /// `ClusterClosing`, `UpgradeDropped`, `PricesDropped`; `ClusterDestroyed`.
        #[pallet::call_index(24)]
        #[pallet::weight(ordered::<T>(T::WeightInfo::cluster_destroy(T::MaxMembers::get())))]
        pub fn cluster_destroy(
            origin: OriginFor<T>,
            cluster: ClusterId,
            sweep_to: Option<AccountId>,
        ) -> DispatchResultWithPostInfo {
            T::GovernanceOrigin::ensure_origin(origin)?;
            let members = Members::<T>::decode_len(cluster).unwrap_or_default();
            Self::do_cluster_destroy(cluster, sweep_to)?;
            let own = T::WeightInfo::cluster_destroy(members as u32);
            Ok(Some(ordered::<T>(own)).into())
        }

        /// Replaces an engine's record by what was just built; on development chains only.
        ///
        /// ## Dispatch Origin
        /// [`Config::GovernanceOrigin`].
        ///
        /// ## Errors
        /// `NotDevelopmentChain`, `EngineNotFound`, and those of `register_engine`.
        ///
        /// ## Events
        /// `EngineReplaced`.
        #[pallet::call_index(25)]
        #[pallet::weight(T::WeightInfo::replace_engine(artefacts.len() as u32))]
        pub fn replace_engine(
            origin: OriginFor<T>,
            version: EngineVersion,
            abi: u16,
            upgrades_from: Vec<EngineVersion>,
            artefacts: Vec<Artefact>,
        ) -> DispatchResult {
            T::GovernanceOrigin::ensure_origin(origin)?;
            Self::do_replace_engine(version, abi, upgrades_from, artefacts)
        }

        /// Names the owner whose clusters the worker is ready to join; `None`: nobody's. It
        /// stays in the cluster that it is in.
        ///
        /// ## Dispatch Origin
        /// Signed by an admitted worker.
        ///
        /// ## Errors
        /// `WorkerNotFound`.
        ///
        /// ## Events
        /// `ServedOwnerSet`.
        #[pallet::call_index(26)]
        #[pallet::weight(T::WeightInfo::serve_owner())]
        pub fn serve_owner(origin: OriginFor<T>, owner: Option<AccountId>) -> DispatchResult {
            let who = ensure_signed(origin)?;
            Self::do_serve_owner(who, owner)
        }

        /// Says between which prices owners may choose; `None`: any.
        ///
        /// ## Dispatch Origin
        /// [`Config::GovernanceOrigin`].
        ///
        /// ## Errors
        /// `PricesOutOfBounds` if a lower bound is above its upper one.
        ///
        /// ## Events
        /// `PriceBoundsSet`.
        #[pallet::call_index(27)]
        #[pallet::weight(T::WeightInfo::set_price_bounds())]
        pub fn set_price_bounds(origin: OriginFor<T>, range: Option<PriceRange>) -> DispatchResult {
            T::GovernanceOrigin::ensure_origin(origin)?;
            Self::do_set_price_bounds(range)
        }

        /// Removes what no worker needs any more, at most `limit` things and `MaxPrune`; or what
        /// is left of a destroyed cluster. Acknowledgements do the same by the way.
        ///
        /// ## Dispatch Origin
        /// Signed by anyone.
        ///
        /// ## Errors
        /// `ClusterNotFound`, `NothingToPrune`.
        #[pallet::call_index(28)]
        #[pallet::weight(T::WeightInfo::prune((*limit).min(T::MaxPrune::get())))]
        pub fn prune(
            origin: OriginFor<T>,
            cluster: ClusterId,
            limit: u32,
        ) -> DispatchResultWithPostInfo {
            ensure_signed(origin)?;
            let pruned = Self::do_prune(cluster, limit)?;
            Ok(Some(T::WeightInfo::prune(pruned)).into())
        }

        /// Queues the removal of contract code that nothing uses.
        ///
        /// ## Dispatch Origin
        /// Signed. Only who uploaded the code can remove it, which the engine decides.
        ///
        /// ## Details
        /// `max_gas_price` and `max_ordering_fee`: as for `cluster_upload_resource`.
        ///
        /// ## Errors
        /// `ClusterNotFound`, `ClusterClosing`, `EngineRevoked`, `QueueFull`,
        /// `OrderingFeeTooHigh`; the currency's if the signer can't pay the fee.
        ///
        /// ## Events
        /// `CodeRemovalQueued`, `OrderingFeePaid`.
        #[pallet::call_index(29)]
        #[pallet::weight(ordered::<T>(T::WeightInfo::remove_code()))]
        pub fn remove_code(
            origin: OriginFor<T>,
            cluster: ClusterId,
            code_hash: CodeHash,
            max_gas_price: Option<Balance>,
            max_ordering_fee: Balance,
        ) -> DispatchResult {
            let who = ensure_signed(origin)?;
            Self::do_remove_code(who, cluster, code_hash, max_gas_price, max_ordering_fee)
        }

        /// Takes a worker's admission back. What it acknowledged still counts.
        ///
        /// ## Dispatch Origin
        /// [`Config::WorkerOrigin`].
        ///
        /// ## Errors
        /// `WorkerNotFound`; `WorkerIsBusy` as long as it works for a cluster: then it is removed
        /// from there first.
        ///
        /// ## Events
        /// `WorkerUnregistered`.
        #[pallet::call_index(30)]
        #[pallet::weight(T::WeightInfo::unregister_worker())]
        pub fn unregister_worker(origin: OriginFor<T>, worker: AccountId) -> DispatchResult {
            T::WorkerOrigin::ensure_origin(origin)?;
            Self::do_unregister_worker(worker)
        }

        /// Says that what a worker reported is right, up to a block, when workers can't agree any
        /// more, or don't come.
        ///
        /// ## Dispatch Origin
        /// [`Config::GovernanceOrigin`].
        ///
        /// ## Details
        /// That worker's tuples are confirmed in order, with their effects, as far as it reported
        /// and `MaxCheckpoints` at a time; whoever reported something else is marked. The worker
        /// may be one that joined long after those blocks: so a cluster that lost its workers is
        /// taken up by a new one that governance trusts. What it told of blocks that a root of
        /// governance confirmed without effects is taken first.
        ///
        /// ## Errors
        /// `ClusterNotFound`, `NotMember`, `NothingToResolve`.
        ///
        /// ## Events
        /// `CheckpointConfirmed` and those of its effects, `WorkerDiverged`, `ResolvedInFavour`.
        #[pallet::call_index(31)]
        #[pallet::weight(settling::<T>(
            T::WeightInfo::resolve_in_favour(),
            T::MaxCheckpoints::get(),
            Pallet::<T>::max_settled_effects(),
        ))]
        pub fn resolve_in_favour(
            origin: OriginFor<T>,
            cluster: ClusterId,
            worker: AccountId,
            up_to: BlockNumber,
        ) -> DispatchResultWithPostInfo {
            T::GovernanceOrigin::ensure_origin(origin)?;
            let settled = Self::do_resolve_in_favour(cluster, worker, up_to)?;
            let own = T::WeightInfo::resolve_in_favour();
            let weight = settling::<T>(own, settled.confirmed, settled.effects);
            Ok(Some(weight).into())
        }

        /// Publishes the worker's X25519 key, to which other members of its cluster seal the
        /// cluster's key.
        ///
        /// ## Dispatch Origin
        /// Signed by an admitted worker.
        ///
        /// ## Details
        /// Another key can be set as long as nothing was sealed to the one that is there. A worker that
        /// leaves its cluster has none any more: it publishes one for the next time.
        ///
        /// ## Errors
        /// `WorkerNotFound`, `WorkerKeyInUse`.
        ///
        /// ## Events
        /// `WorkerKeySet`, if it is another one.
        #[pallet::call_index(32)]
        #[pallet::weight(T::WeightInfo::set_worker_key())]
        pub fn set_worker_key(origin: OriginFor<T>, key: EnvelopeKey) -> DispatchResult {
            let who = ensure_signed(origin)?;
            Self::do_set_worker_key(who, key)
        }

        /// Commits to the key that the cluster's workers share, once, as long as governance doesn't clear it.
        ///
        /// ## Dispatch Origin
        /// Signed by the cluster's first member: who was added first, of those that are there, agree
        /// with the others and aren't silent for too long.
        ///
        /// ## Details
        /// `commitment`: BLAKE2b-256 of `KEY_COMMITMENT_DOMAIN` and the seed, which the chain never has.
        ///
        /// ## Errors
        /// `NotMember`, `WorkerDiverged`, `ClusterKeyExists`, `NotFirstMember`.
        ///
        /// ## Events
        /// `ClusterKeyCommitted`.
        #[pallet::call_index(33)]
        #[pallet::weight(T::WeightInfo::commit_cluster_key())]
        pub fn commit_cluster_key(
            origin: OriginFor<T>,
            cluster: ClusterId,
            commitment: KeyCommitment,
        ) -> DispatchResult {
            let who = ensure_signed(origin)?;
            Self::do_commit_cluster_key(who, cluster, commitment)
        }

        /// Hands the cluster's key to another member, sealed to its X25519 key, instead of what the
        /// signer sealed to it before.
        ///
        /// ## Dispatch Origin
        /// Signed by a member of the cluster.
        ///
        /// ## Details
        /// `sealed`: by HPKE; see `SealedKey` in the primitives. The chain can't look into it: whoever
        /// opens it compares what is in it with the commitment. It pays its fee, whatever is in it.
        ///
        /// ## Errors
        /// `NotMember`, `WorkerDiverged` of either; `NoClusterKey`, `NoWorkerKey`.
        ///
        /// ## Events
        /// `ClusterKeyShared`.
        #[pallet::call_index(34)]
        #[pallet::weight(T::WeightInfo::share_cluster_key())]
        pub fn share_cluster_key(
            origin: OriginFor<T>,
            cluster: ClusterId,
            to: AccountId,
            sealed: SealedKey,
        ) -> DispatchResult {
            let who = ensure_signed(origin)?;
            Self::do_share_cluster_key(who, cluster, to, sealed)
        }

        /// Takes back a cluster's commitment, and all that was sealed: its first member may commit anew.
        ///
        /// ## Dispatch Origin
        /// `GovernanceOrigin`.
        ///
        /// ## Details
        /// For a cluster whose first member committed to a key that it never hands over, or whose members
        /// all lost theirs. The call takes no key from who has one: a worker that used the old one says
        /// nothing as soon as another one is committed to, and has to be given that. What contracts derived
        /// changes with it. A first member that keeps its key for itself can do so again: its cluster's owner
        /// removes it before.
        ///
        /// ## Errors
        /// `NoClusterKey`.
        ///
        /// ## Events
        /// `ClusterKeyCleared`.
        #[pallet::call_index(35)]
        #[pallet::weight(T::WeightInfo::clear_cluster_key())]
        pub fn clear_cluster_key(origin: OriginFor<T>, cluster: ClusterId) -> DispatchResult {
            T::GovernanceOrigin::ensure_origin(origin)?;
            Self::do_clear_cluster_key(cluster)
        }
    }
}
