use super::mock::*;

fn upload(who: AccountId, cluster: ClusterId) -> sp_runtime::DispatchResult {
    FatContracts::cluster_upload_resource(signed(who), cluster, vec![1, 2, 3], Some(5), None, MOST)
}

fn instantiate(who: AccountId, code: CodeSource, salt: &[u8]) -> sp_runtime::DispatchResult {
    let (input, salt) = (vec![6], salt.to_vec());
    FatContracts::instantiate_contract(
        signed(who),
        1,
        code,
        input,
        salt,
        7,
        GAS,
        Some(8),
        Some(9),
        MOST,
    )
}

#[test]
fn an_upload_is_queued_as_it_came() {
    chain().execute_with(|| {
        assert_ok!(upload(BOB, 1));
        let code_hash = FatContracts::code_hash(&[1, 2, 3]);
        let event = Event::UploadQueued {
            cluster: 1,
            seq: 1,
            who: BOB,
            code_hash,
        };
        assert_eq!(last_event(), event);
        let message = ClusterMessage::Upload {
            origin: BOB,
            code: vec![1, 2, 3],
            storage_deposit_limit: Some(5),
            max_gas_price: 2,
        };
        assert_eq!(FatContracts::message(1, 1), Some(queued(message)));
    });
}

/// Anyone may ask for a removal: who uploaded the code is known to the engine alone.
#[test]
fn a_removal_of_code_is_queued_as_it_came() {
    chain().execute_with(|| {
        let code_hash = FatContracts::code_hash(&[1, 2, 3]);
        assert_ok!(FatContracts::remove_code(
            signed(BOB),
            1,
            code_hash,
            None,
            MOST
        ));
        let event = Event::CodeRemovalQueued {
            cluster: 1,
            seq: 1,
            who: BOB,
            code_hash,
        };
        assert_eq!(last_event(), event);
        let message = ClusterMessage::RemoveCode {
            origin: BOB,
            code_hash,
            max_gas_price: 2,
        };
        assert_eq!(FatContracts::message(1, 1), Some(queued(message)));
        let nowhere = FatContracts::remove_code(signed(BOB), 2, code_hash, None, MOST);
        assert_noop!(nowhere, Error::<Test>::ClusterNotFound);
    });
}

/// Anyone may pay for code to be compiled: who uploaded it has no say in it.
#[test]
fn an_activation_is_queued_as_it_came() {
    chain().execute_with(|| {
        let code_hash = FatContracts::code_hash(&[1, 2, 3]);
        let activate = |who, cluster, gas, price| {
            FatContracts::activate_code(signed(who), cluster, code_hash, gas, price, MOST)
        };
        assert_ok!(activate(BOB, 1, GAS, Some(5)));
        let event = Event::CodeActivationQueued {
            cluster: 1,
            seq: 1,
            who: BOB,
            code_hash,
        };
        assert_eq!(last_event(), event);
        let message = ClusterMessage::ActivateCode {
            origin: BOB,
            code_hash,
            gas_limit: GAS,
            max_gas_price: 5,
        };
        assert_eq!(FatContracts::message(1, 1), Some(queued(message)));
        assert_noop!(activate(BOB, 2, GAS, None), Error::<Test>::ClusterNotFound);
        let none = Weight {
            ref_time: 0,
            proof_size: 1,
        };
        assert_noop!(activate(BOB, 1, none, None), Error::<Test>::ZeroGasLimit);
        let most = <Test as Config>::MaxMessageWeight::get();
        let above = Weight {
            ref_time: most.ref_time + 1,
            proof_size: 0,
        };
        assert_noop!(
            activate(ALICE, 1, above, None),
            Error::<Test>::GasLimitTooHigh
        );
        assert_noop!(
            activate(BOB, 1, GAS, Some(Balance::MAX)),
            Error::<Test>::FeeOverflow
        );
        assert_noop!(
            FatContracts::activate_code(root(), 1, code_hash, GAS, None, MOST),
            DispatchError::BadOrigin
        );
    });
}

/// The address is a function of public parts, and the code may come along or be named.
#[test]
fn the_address_is_foretold() {
    chain().execute_with(|| {
        let code = vec![4, 5];
        let code_hash = FatContracts::code_hash(&code);
        let sources = [CodeSource::Code(code), CodeSource::Hash(code_hash)];
        for (seq, source) in (1..).zip(sources) {
            assert_ok!(instantiate(BOB, source.clone(), b"salt"));
            let event = Event::InstantiationQueued {
                cluster: 1,
                seq,
                deployer: BOB,
                code_hash,
                address: contract_address(&BOB, &code_hash, 1, b"salt"),
            };
            assert_eq!(last_event(), event);
            let message = ClusterMessage::Instantiate {
                origin: BOB,
                code: source,
                input: vec![6],
                salt: b"salt".to_vec(),
                value: 7,
                gas_limit: GAS,
                storage_deposit_limit: Some(8),
                max_gas_price: 9,
            };
            assert_eq!(
                FatContracts::message(1, seq).map(|queued| queued.message),
                Some(message)
            );
        }
    });
}

#[test]
fn a_call_is_queued_with_the_price_of_the_day() {
    chain().execute_with(|| {
        for (seq, (offered, price)) in (1..).zip([(None, 2), (Some(1), 1), (Some(0), 0)]) {
            assert_ok!(call(NOBODY, GAS, offered));
            let event = Event::CallQueued {
                cluster: 1,
                seq,
                who: NOBODY,
                contract: CONTRACT,
            };
            assert_eq!(last_event(), event);
            let message = ClusterMessage::Call {
                origin: NOBODY,
                contract: CONTRACT,
                input: vec![7],
                value: 0,
                gas_limit: GAS,
                storage_deposit_limit: None,
                max_gas_price: price,
            };
            assert_eq!(
                FatContracts::message(1, seq).map(|queued| queued.message),
                Some(message)
            );
        }
    });
}

#[test]
fn permission_covers_upload_and_instantiation() {
    chain().execute_with(|| {
        assert_ok!(add_cluster(ALICE, Permission::OwnerOnly, vec![], 0));
        assert_noop!(upload(BOB, 2), Error::<Test>::ClusterPermissionDenied);
        let code = || CodeSource::Hash(CodeHash::zero());
        let instantiate = |who| {
            FatContracts::instantiate_contract(
                signed(who),
                2,
                code(),
                vec![],
                vec![],
                0,
                GAS,
                None,
                None,
                MOST,
            )
        };
        assert_noop!(instantiate(BOB), Error::<Test>::ClusterPermissionDenied);
        assert_ok!(upload(ALICE, 2));
        assert_ok!(instantiate(ALICE));
        // Calls, deposits and withdrawals are open to everyone.
        let call = || {
            FatContracts::call_contract(signed(BOB), 2, CONTRACT, vec![], 0, GAS, None, None, MOST)
        };
        assert_ok!(call());
        assert_ok!(FatContracts::transfer_to_cluster(
            signed(BOB),
            2,
            BOB,
            CLUSTER_ED,
            MOST
        ));
        assert_ok!(FatContracts::withdraw_from_cluster(
            signed(BOB),
            2,
            BOB,
            ED,
            None,
            MOST
        ));
    });
}

#[test]
fn the_system_contracts_salt_is_its_own() {
    chain().execute_with(|| {
        let code = CodeSource::Hash(CodeHash::zero());
        for who in [ALICE, BOB] {
            assert_noop!(
                instantiate(who, code.clone(), SYSTEM_SALT),
                Error::<Test>::ReservedSalt
            );
        }
        assert_ok!(instantiate(BOB, code, b"pink:system2"));
    });
}

#[test]
fn gas_limits_have_caps() {
    chain().execute_with(|| {
        let limit = |ref_time, proof_size| Weight {
            ref_time,
            proof_size,
        };
        let high: DispatchError = Error::<Test>::GasLimitTooHigh.into();
        assert_noop!(call(BOB, limit(0, 0), None), Error::<Test>::ZeroGasLimit);
        assert_noop!(call(BOB, limit(0, 10), None), Error::<Test>::ZeroGasLimit);
        assert_noop!(call(ALICE, limit(1_001, 10), None), high);
        assert_noop!(call(ALICE, limit(10, 101), None), high);
        // A quarter of a block, for whoever doesn't own the cluster.
        assert_noop!(call(BOB, limit(626, 10), None), high);
        assert_noop!(call(BOB, limit(10, 63), None), high);
        assert_noop!(call(BOB, limit(u64::MAX, u64::MAX), None), high);
        let overflow: DispatchError = Error::<Test>::FeeOverflow.into();
        assert_noop!(call(BOB, GAS, Some(Balance::MAX)), overflow);
        assert_noop!(call(BOB, limit(2, 0), Some(Balance::MAX / 2 + 1)), overflow);
        let value = Balance::MAX;
        let all = || {
            FatContracts::call_contract(
                signed(BOB),
                1,
                CONTRACT,
                vec![],
                value,
                GAS,
                None,
                Some(1),
                MOST,
            )
        };
        assert_noop!(all(), overflow);
        assert_ok!(call(BOB, limit(624, 62), Some(1)));
        assert_ok!(call(BOB, limit(1, 0), Some(Balance::MAX)));
        assert_ok!(call(ALICE, limit(1_000, 100), Some(1)));
    });
}

#[test]
fn the_limits_of_a_block_have_a_sum() {
    chain().execute_with(|| {
        let limit = |ref_time, proof_size| Weight {
            ref_time,
            proof_size,
        };
        let exhausted: DispatchError = Error::<Test>::BlockGasExhausted.into();
        // 2500, of which 313 are the pallet's.
        assert_ok!(call(ALICE, limit(1_000, 1), None));
        assert_ok!(call(ALICE, limit(1_000, 1), None));
        assert_noop!(call(ALICE, limit(188, 1), None), exhausted);
        assert_ok!(call(ALICE, limit(187, 1), None));
        assert_noop!(call(BOB, limit(1, 0), None), exhausted);
        assert_noop!(call(ALICE, limit(1, 0), None), exhausted);
        // What brings no limit goes on.
        assert_ok!(upload(BOB, 1));
        next_block();
        // 250, of which 32 are the pallet's.
        for _ in 0..2 {
            assert_ok!(call(ALICE, limit(1, 100), None));
        }
        assert_noop!(call(ALICE, limit(1, 19), None), exhausted);
        assert_ok!(call(ALICE, limit(1, 18), None));
        // Every cluster has its own.
        assert_ok!(add_cluster(BOB, Permission::Public, vec![], 0));
        let other = limit(1_000, 100);
        let call = || {
            FatContracts::call_contract(
                signed(BOB),
                2,
                CONTRACT,
                vec![],
                0,
                other,
                None,
                None,
                MOST,
            )
        };
        assert_ok!(call());
    });
}

#[test]
fn there_is_no_such_cluster() {
    chain().execute_with(|| {
        let missing: DispatchError = Error::<Test>::ClusterNotFound.into();
        assert_noop!(upload(BOB, 2), missing);
        let call = || {
            FatContracts::call_contract(signed(BOB), 0, CONTRACT, vec![], 0, GAS, None, None, MOST)
        };
        assert_noop!(call(), missing);
        let deposit = || FatContracts::transfer_to_cluster(signed(BOB), 2, BOB, 100, MOST);
        assert_noop!(deposit(), missing);
        let withdraw = || FatContracts::withdraw_from_cluster(signed(BOB), 2, BOB, 100, None, MOST);
        assert_noop!(withdraw(), missing);
        assert_eq!(FatContracts::cluster_block(2), None);
    });
}

#[test]
fn a_message_has_a_length() {
    chain().execute_with(|| {
        let upload = |len| {
            FatContracts::cluster_upload_resource(signed(BOB), 1, vec![0; len], None, None, MOST)
        };
        // block, index, origin, length, limit, price, extrinsic
        let rest = 4 + 1 + 32 + 2 + 1 + 16 + 5;
        assert_noop!(upload(2048 - rest + 1), Error::<Test>::MessageTooLong);
        assert_noop!(upload(1_000_000), Error::<Test>::MessageTooLong);
        assert_ok!(upload(2048 - rest));
    });
}

#[test]
fn contracts_are_used_by_signed_accounts() {
    chain().execute_with(|| {
        for origin in [root(), RuntimeOrigin::none()] {
            let bad = DispatchError::BadOrigin;
            let o = || origin.clone();
            let code = CodeSource::Hash(CodeHash::zero());
            assert_noop!(
                FatContracts::cluster_upload_resource(o(), 1, vec![], None, None, MOST),
                bad
            );
            assert_noop!(
                FatContracts::instantiate_contract(
                    o(),
                    1,
                    code,
                    vec![],
                    vec![],
                    0,
                    GAS,
                    None,
                    None,
                    MOST
                ),
                bad
            );
            assert_noop!(
                FatContracts::call_contract(o(), 1, CONTRACT, vec![], 0, GAS, None, None, MOST),
                bad
            );
            assert_noop!(
                FatContracts::transfer_to_cluster(o(), 1, BOB, 100, MOST),
                bad
            );
            assert_noop!(
                FatContracts::withdraw_from_cluster(o(), 1, BOB, 100, None, MOST),
                bad
            );
            assert_noop!(FatContracts::serve_owner(o(), None), bad);
        }
    });
}
