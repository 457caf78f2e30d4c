use super::mock::*;

#[test]
fn a_cluster_is_made_by_its_owner() {
    bare_chain().execute_with(|| {
        register_all();
        assert_ok!(FatContracts::set_pink_runtime_version(root(), V1_0));
        let issued = Balances::total_issuance();
        assert_ok!(add_cluster(ALICE, Permission::OwnerOnly, vec![], 100));
        let created = Event::ClusterCreated {
            cluster: 1,
            owner: ALICE,
            engine: V1_0,
        };
        assert_eq!(last_event(), created);
        let record = FatContracts::cluster(1).expect("a cluster");
        assert_eq!(
            record,
            ClusterRecord {
                owner: ALICE,
                permission: Permission::OwnerOnly,
                status: ClusterStatus::Active,
                diverged: None,
                engine: V1_0,
                pending: None,
                prices: Prices {
                    gas_price: 2,
                    deposit_per_item: 3,
                    deposit_per_byte: 4,
                },
                treasury: TREASURY,
                existential_deposit: CLUSTER_ED,
                created_at: 1,
            }
        );
        let block = FatContracts::cluster_block(1).expect("a block");
        let setup = ClusterMessage::Setup {
            engine: V1_0,
            owner: ALICE,
            deposit: 100,
            gas_price: 2,
            deposit_per_item: 3,
            deposit_per_byte: 4,
            treasury: TREASURY,
            existential_deposit: CLUSTER_ED,
            engine_config: vec![],
            system_code: None,
        };
        assert_eq!(block.messages, vec![(0, setup.clone())]);
        let hash = fold_message(&Hash::zero(), 1, 1, 0, &setup);
        assert_eq!(Queues::<Test>::get(1).hash, hash);
        assert_eq!(block.message_hash, fold_input(&hash, &block.block_input()));
        assert_eq!(free(&FatContracts::escrow_account(1)), ED + 100);
        assert_eq!(Held::<Test>::get(1), 100);
        assert_eq!(free(&ALICE), RICH - ED - 100);
        assert_eq!(Balances::total_issuance(), issued);
        assert_eq!(
            Engines::<Test>::get(V1_0).map(|engine| engine.users),
            Some(1)
        );

        assert_ok!(add_cluster(ALICE, Permission::Public, vec![], 0));
        assert_eq!(ClusterCount::<Test>::get(), 2);
        assert_ne!(
            FatContracts::escrow_account(1),
            FatContracts::escrow_account(2)
        );
    });
}

fn by(
    origin: RuntimeOrigin,
    deposit: Balance,
    existential_deposit: Balance,
    config: usize,
) -> sp_runtime::DispatchResult {
    FatContracts::add_cluster(
        origin,
        V1_0,
        ALICE,
        Permission::Public,
        vec![],
        deposit,
        1,
        1,
        1,
        TREASURY,
        existential_deposit,
        vec![0; config],
    )
}

/// Governance changes the version just before: the configuration was made for the other one, and
/// nothing happens to the owner's money.
#[test]
fn a_cluster_starts_on_the_version_that_is_meant() {
    bare_chain().execute_with(|| {
        register_all();
        assert_ok!(FatContracts::set_pink_runtime_version(root(), V1_1));
        let other: DispatchError = Error::<Test>::NotCurrentVersion { major: 1, minor: 1 }.into();
        assert_noop!(by(signed(ALICE), 100, 25, 0), other);
        assert_noop!(by(root(), 0, 25, 0), other);
        assert_eq!(free(&ALICE), RICH);
        assert_ok!(FatContracts::set_pink_runtime_version(root(), V1_0));
        assert_ok!(by(signed(ALICE), 100, 25, 0));
        assert_eq!(FatContracts::cluster(1).map(|it| it.engine), Some(V1_0));
    });
}

#[test]
fn what_a_cluster_cannot_be() {
    bare_chain().execute_with(|| {
        assert_noop!(by(signed(ALICE), 0, 1, 0), Error::<Test>::NoRuntimeVersion);
        register_all();
        assert_ok!(FatContracts::set_pink_runtime_version(root(), V1_0));
        assert_noop!(by(signed(BOB), 0, 1, 0), Error::<Test>::NotClusterOwner);
        assert_noop!(by(RuntimeOrigin::none(), 0, 1, 0), DispatchError::BadOrigin);
        assert_noop!(by(root(), 1, 1, 0), Error::<Test>::DepositWithoutPayer);
        assert_noop!(
            by(signed(ALICE), 0, 0, 0),
            Error::<Test>::ZeroExistentialDeposit
        );
        assert_noop!(by(signed(ALICE), 9, 10, 0), Error::<Test>::AmountTooLow);
        assert_noop!(
            by(signed(ALICE), 0, 1, 33),
            Error::<Test>::EngineConfigTooLong
        );
        assert_ok!(by(signed(ALICE), 10, 10, 32));
        ClusterCount::<Test>::put(u64::MAX);
        assert_noop!(by(signed(ALICE), 0, 1, 0), Error::<Test>::TooManyClusters);
    });
}

/// Somebody has to pay for the escrow, and nothing is left behind when nobody can.
#[test]
fn a_cluster_has_a_payer() {
    bare_chain().execute_with(|| {
        register_all();
        assert_ok!(FatContracts::set_pink_runtime_version(root(), V1_0));
        assert!(add_cluster(NOBODY, Permission::Public, vec![], 0).is_err());
        let before = sp_io::storage::root(Default::default());
        assert!(add_cluster(ALICE, Permission::Public, vec![], RICH).is_err());
        assert_eq!(sp_io::storage::root(Default::default()), before);
        assert_eq!(ClusterCount::<Test>::get(), 0);

        // Governance makes one for Alice: the treasury pays.
        assert_ok!(by(root(), 0, 1, 0));
        assert_eq!(free(&ALICE), RICH);
        assert_eq!(free(&TREASURY), RICH - ED);
        assert_eq!(free(&FatContracts::escrow_account(1)), ED);
    });
}

#[test]
fn a_runtime_version_that_is_no_longer_active_makes_no_cluster() {
    bare_chain().execute_with(|| {
        register_all();
        assert_ok!(FatContracts::set_pink_runtime_version(root(), V1_0));
        assert_ok!(FatContracts::set_engine_status(
            root(),
            V1_0,
            EngineStatus::Deprecated,
            false
        ));
        assert_noop!(
            add_cluster(ALICE, Permission::Public, vec![], 0),
            Error::<Test>::EngineNotActive
        );
    });
}

#[test]
fn an_engine_with_a_system_contract_needs_its_code() {
    bare_chain().execute_with(|| {
        register_all();
        assert_ok!(FatContracts::set_pink_runtime_version(root(), V2_0));
        let add = || add_cluster(ALICE, Permission::Public, vec![], 0);
        assert_noop!(add(), Error::<Test>::NoPinkSystemCode);
        assert_ok!(FatContracts::set_pink_system_code(root(), vec![1, 2]));
        assert_noop!(add(), Error::<Test>::NoPinkSystemCode);
        next_block();
        assert_ok!(add());
        let block = FatContracts::cluster_block(1).expect("a block");
        let hash = FatContracts::code_hash(&[1, 2]);
        assert_eq!(block.system_code, Some(hash));
        assert!(matches!(
            block.messages[0].1,
            ClusterMessage::Setup { system_code: Some(carried), .. } if carried == hash
        ));
    });
}

#[test]
fn workers_join_whom_they_named() {
    bare_chain().execute_with(|| {
        register_all();
        assert_ok!(FatContracts::set_pink_runtime_version(root(), V1_0));
        let add = |number| add_cluster(ALICE, Permission::Public, vec![worker(number)], 0);
        assert_noop!(
            FatContracts::register_worker(signed(ALICE), worker(1)),
            DispatchError::BadOrigin
        );
        assert_noop!(add(1), Error::<Test>::WorkerNotFound);
        assert_noop!(
            FatContracts::serve_owner(signed(worker(1)), Some(ALICE)),
            Error::<Test>::WorkerNotFound
        );
        assert_ok!(FatContracts::register_worker(root(), worker(1)));
        assert_eq!(last_event(), Event::WorkerRegistered { worker: worker(1) });
        assert_noop!(
            FatContracts::register_worker(root(), worker(1)),
            Error::<Test>::WorkerExists
        );
        assert_noop!(add(1), Error::<Test>::WorkerServesAnother);
        assert_ok!(FatContracts::serve_owner(signed(worker(1)), Some(BOB)));
        assert_noop!(add(1), Error::<Test>::WorkerServesAnother);
        assert_ok!(FatContracts::serve_owner(signed(worker(1)), Some(ALICE)));
        let owner = Some(ALICE);
        assert_eq!(
            last_event(),
            Event::ServedOwnerSet {
                worker: worker(1),
                owner
            }
        );
        assert_ok!(add(1));
        assert_eq!(Members::<Test>::get(1)[0].worker, worker(1));
        assert_noop!(add(1), Error::<Test>::WorkerIsBusy);

        let five: Vec<_> = (2..7).map(worker).collect();
        for worker in &five {
            assert_ok!(FatContracts::register_worker(root(), worker.clone()));
            assert_ok!(FatContracts::serve_owner(
                signed(worker.clone()),
                Some(ALICE)
            ));
        }
        let many = || add_cluster(ALICE, Permission::Public, five, 0);
        assert_noop!(many(), Error::<Test>::TooManyMembers);
    });
}
