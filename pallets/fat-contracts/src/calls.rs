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
        /// older versions whose state it can take over. `artefacts`: the files, one a target,
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
        /// clusters then take no messages until they are moved away. What was ordered before
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
        /// Clusters get the code that is current when they are made, or when they move to an
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
        /// `workers` must have named the owner. The prices are in the chain's smallest unit:
        /// `gas_price` a picosecond, `deposit_per_item` and `deposit_per_byte` of storage held.
        /// `treasury_account` is the ledger account for fees. `existential_deposit`, at least
        /// 1, is the cluster's own, for ever. `engine_config` is the engine's business; empty
        /// means its defaults.
        ///
        /// ## Errors
        /// `NotClusterOwner`, `DepositWithoutPayer`, `ZeroExistentialDeposit`, `AmountTooLow`,
        /// `EngineConfigTooLong`, `NoRuntimeVersion`, `EngineNotActive`, `NoPinkSystemCode`,
        /// `WorkerNotFound`, `WorkerServesAnother`, `WorkerIsBusy`, `TooManyMembers`; the
        /// currency's if the owner can't pay.
        ///
        /// ## Events
        /// `ClusterCreated`, `WorkerAdded`.
        #[pallet::call_index(4)]
        #[pallet::weight(T::WeightInfo::add_cluster(workers.len() as u32))]
        pub fn add_cluster(
            origin: OriginFor<T>,
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
        /// `storage_deposit_limit`: the highest deposit accepted, none = no limit.
        /// `max_gas_price`: the highest gas price accepted, none = the current one.
        ///
        /// ## Errors
        /// `ClusterNotFound`, `ClusterClosing`, `ClusterParked`, `ClusterPermissionDenied`,
        /// `MessageTooLong`, `QueueFull`.
        ///
        /// ## Events
        /// `Uploading`.
        #[pallet::call_index(5)]
        #[pallet::weight(T::WeightInfo::cluster_upload_resource(code.len() as u32))]
        pub fn cluster_upload_resource(
            origin: OriginFor<T>,
            cluster: ClusterId,
            code: Vec<u8>,
            storage_deposit_limit: Option<Balance>,
            max_gas_price: Option<Balance>,
        ) -> DispatchResult {
            let who = ensure_signed(origin)?;
            Self::do_upload(who, cluster, code, storage_deposit_limit, max_gas_price)
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
        /// is what the execution may use, in picoseconds and bytes, without the message's base.
        ///
        /// ## Errors
        /// As `call_contract`; `ClusterPermissionDenied`, `ReservedSalt`.
        ///
        /// ## Events
        /// `Instantiating`, with the address that the contract will have.
        #[pallet::call_index(6)]
        #[pallet::weight(T::WeightInfo::instantiate_contract(bytes_of(code, &[input, salt])))]
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
        ) -> DispatchResult {
            let who = ensure_signed(origin)?;
            let offer = Offer {
                value,
                gas_limit,
                storage_deposit_limit,
                max_gas_price,
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
        /// `ClusterNotFound`, `ClusterClosing`, `ClusterParked`, `ZeroGasLimit`,
        /// `GasLimitTooHigh`, `FeeOverflow`, `MessageTooLong`, `QueueFull`,
        /// `BlockGasExhausted`.
        ///
        /// ## Events
        /// `Calling`.
        #[pallet::call_index(7)]
        #[pallet::weight(T::WeightInfo::call_contract(input.len() as u32))]
        pub fn call_contract(
            origin: OriginFor<T>,
            cluster: ClusterId,
            contract: AccountId,
            input: Vec<u8>,
            value: Balance,
            gas_limit: GasWeight,
            storage_deposit_limit: Option<Balance>,
            max_gas_price: Option<Balance>,
        ) -> DispatchResult {
            let who = ensure_signed(origin)?;
            let offer = Offer {
                value,
                gas_limit,
                storage_deposit_limit,
                max_gas_price,
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
        ///
        /// ## Errors
        /// `ClusterNotFound`, `ClusterClosing`, `ClusterParked`, `AmountTooLow`, `QueueFull`;
        /// the currency's if the signer can't pay.
        ///
        /// ## Events
        /// `DepositQueued`.
        #[pallet::call_index(8)]
        #[pallet::weight(T::WeightInfo::transfer_to_cluster())]
        pub fn transfer_to_cluster(
            origin: OriginFor<T>,
            cluster: ClusterId,
            dest: AccountId,
            amount: Balance,
        ) -> DispatchResult {
            let who = ensure_signed(origin)?;
            Self::do_transfer_to_cluster(who, cluster, dest, amount)
        }

        /// Queues a withdrawal from the signer's ledger account to an account of the chain.
        ///
        /// ## Dispatch Origin
        /// Signed.
        ///
        /// ## Details
        /// `amount`: at least the chain's existential deposit. It is paid when a quorum of
        /// workers confirmed that the ledger was debited.
        ///
        /// ## Errors
        /// `ClusterNotFound`, `ClusterParked`, `AmountTooLow`, `QueueFull`.
        ///
        /// ## Events
        /// `WithdrawalQueued`.
        #[pallet::call_index(9)]
        #[pallet::weight(T::WeightInfo::withdraw_from_cluster())]
        pub fn withdraw_from_cluster(
            origin: OriginFor<T>,
            cluster: ClusterId,
            dest: AccountId,
            amount: Balance,
            max_gas_price: Option<Balance>,
        ) -> DispatchResult {
            let who = ensure_signed(origin)?;
            Self::do_withdraw_from_cluster(who, cluster, dest, amount, max_gas_price)
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

        /// Names the owner whose clusters the worker is ready to join; none = nobody's. It
        /// stays in the cluster that it is in.
        ///
        /// ## Dispatch Origin
        /// Signed by an admitted worker.
        ///
        /// ## Errors
        /// `WorkerNotFound`.
        ///
        /// ## Events
        /// `WorkerServes`.
        #[pallet::call_index(26)]
        #[pallet::weight(T::WeightInfo::serve_owner())]
        pub fn serve_owner(origin: OriginFor<T>, owner: Option<AccountId>) -> DispatchResult {
            let who = ensure_signed(origin)?;
            Self::do_serve_owner(who, owner)
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
        #[pallet::weight(T::WeightInfo::register_engine(artefacts.len() as u32))]
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
    }
}
