use super::mock::*;

fn register(version: EngineVersion, files: Vec<Artefact>) -> sp_runtime::DispatchResult {
    FatContracts::register_engine(root(), version, 1, vec![], files)
}

#[test]
fn a_registered_engine_is_active_and_never_changes() {
    bare_chain().execute_with(|| {
        let files = vec![artefact(V1_1)];
        assert_ok!(FatContracts::register_engine(
            root(),
            V1_1,
            2,
            vec![V1_0],
            files.clone()
        ));
        assert_eq!(last_event(), Event::EngineRegistered { version: V1_1 });
        let record = EngineRecord {
            abi: 2,
            upgrades_from: vec![V1_0],
            artefacts: files,
            status: EngineStatus::Active,
        };
        assert_eq!(FatContracts::engine(V1_1), Some(record.clone()));
        assert_eq!(FatContracts::engines(), vec![(V1_1, record)]);
        let mut other = artefact(V1_1);
        other.hash = Hash::repeat_byte(0xee);
        assert_noop!(register(V1_1, vec![other]), Error::<Test>::EngineExists);
    });
}

#[test]
fn only_governance_touches_engines() {
    bare_chain().execute_with(|| {
        let bad = DispatchError::BadOrigin;
        let files = vec![artefact(V1_0)];
        let register =
            || FatContracts::register_engine(signed(ALICE), V1_0, 1, vec![], files.clone());
        assert_noop!(register(), bad);
        register_all();
        let active = EngineStatus::Active;
        assert_noop!(
            FatContracts::set_engine_status(signed(ALICE), V1_0, active, true),
            bad
        );
        assert_noop!(
            FatContracts::set_pink_runtime_version(signed(ALICE), V1_0),
            bad
        );
        assert_noop!(
            FatContracts::set_pink_system_code(signed(ALICE), vec![1]),
            bad
        );
        assert_noop!(
            FatContracts::replace_engine(signed(ALICE), V1_0, 1, vec![], files),
            bad
        );
    });
}

#[test]
fn a_record_keeps_to_its_bounds() {
    bare_chain().execute_with(|| {
        let file = |target: &str, byte: u8| Artefact {
            target: target.into(),
            hash: Hash::repeat_byte(byte),
            size: 1,
        };
        assert_noop!(register(V1_0, vec![]), Error::<Test>::NoArtefact);
        let three = vec![file("a", 1), file("b", 2), file("c", 3)];
        assert_noop!(register(V1_0, three), Error::<Test>::TooManyArtefacts);
        let long = "x".repeat(65);
        assert_noop!(
            register(V1_0, vec![file(&long, 1)]),
            Error::<Test>::TargetTooLong
        );
        let same_target = vec![file("a", 1), file("a", 2)];
        assert_noop!(register(V1_0, same_target), Error::<Test>::DuplicateTarget);
        let same_file = vec![file("a", 1), file("b", 1)];
        assert_noop!(register(V1_0, same_file), Error::<Test>::ArtefactInUse);
        assert_ok!(register(V1_0, vec![file(&long[..64], 1), file("b", 2)]));
        assert_noop!(
            register(V1_1, vec![file("a", 2)]),
            Error::<Test>::ArtefactInUse
        );
    });
}

#[test]
fn an_engine_takes_over_from_older_ones() {
    bare_chain().execute_with(|| {
        let register = |abi, from: Vec<EngineVersion>| {
            FatContracts::register_engine(root(), V1_1, abi, from, vec![artefact(V1_1)])
        };
        assert_noop!(register(1, vec![V1_1]), Error::<Test>::UpgradePathNotOlder);
        assert_noop!(
            register(1, vec![V1_0, V2_0]),
            Error::<Test>::UpgradePathNotOlder
        );
        let many = vec![V1_0, EngineVersion::new(0, 1), EngineVersion::new(0, 2)];
        assert_noop!(register(1, many), Error::<Test>::TooManyUpgradePaths);
        assert_noop!(register(0, vec![V1_0]), Error::<Test>::UnknownAbi);
        assert_ok!(register(1, vec![V1_0, EngineVersion::new(0, 1)]));
    });
}

#[test]
fn there_is_a_last_engine() {
    bare_chain().execute_with(|| {
        for minor in 0..4 {
            let version = EngineVersion::new(3, minor);
            assert_ok!(register(version, vec![artefact(version)]));
        }
        let version = EngineVersion::new(3, 4);
        let fifth = || register(version, vec![artefact(version)]);
        assert_noop!(fifth(), Error::<Test>::TooManyEngines);
    });
}

/// What is said of one version is said of no other, is kept by a new record on a development chain, and lasts until
/// it is said otherwise.
#[test]
fn governance_says_under_which_engines_workers_interpret() {
    bare_chain().execute_with(|| {
        use ExecutionMode::{Interpreted, Native};
        let set = |version, mode| FatContracts::set_engine_mode(root(), version, mode);
        assert_noop!(set(V1_1, Interpreted), Error::<Test>::EngineNotFound);
        register_all();
        assert_noop!(
            FatContracts::set_engine_mode(signed(ALICE), V1_1, Interpreted),
            DispatchError::BadOrigin
        );
        assert_noop!(set(V1_1, Native), Error::<Test>::EngineModeUnchanged);
        for version in [V2_0, V1_0, V1_1] {
            assert_eq!(FatContracts::engine_mode(version), Native);
            assert_ok!(set(version, Interpreted));
            let mode = Interpreted;
            assert_eq!(last_event(), Event::EngineModeSet { version, mode });
            assert_eq!(FatContracts::engine_mode(version), Interpreted);
            assert_noop!(
                set(version, Interpreted),
                Error::<Test>::EngineModeUnchanged
            );
            assert_ok!(FatContracts::do_try_state());
        }
        assert_eq!(FatContracts::interpreted_engines(), [V1_0, V1_1, V2_0]);
        // As the key's holders see it: a compact count, then two little-endian numbers each.
        let key = [
            sp_crypto_hashing::twox_128(b"FatContracts"),
            sp_crypto_hashing::twox_128(b"InterpretedEngines"),
        ]
        .concat();
        let mut bytes = vec![3 << 2];
        for number in [1u32, 0, 1, 1, 2, 0] {
            bytes.extend(number.to_le_bytes());
        }
        assert_eq!(sp_io::storage::get(&key).map(|it| it.to_vec()), Some(bytes));
        assert_ok!(set(V1_1, Native));
        let (version, mode) = (V1_1, Native);
        assert_eq!(last_event(), Event::EngineModeSet { version, mode });
        assert_eq!(FatContracts::interpreted_engines(), [V1_0, V2_0]);
        // What an engine may be used for is another thing.
        let revoked = EngineStatus::Revoked;
        assert_ok!(FatContracts::set_engine_status(root(), V1_0, revoked, true));
        assert_eq!(FatContracts::engine_mode(V1_0), Interpreted);
    });
}

/// Every engine that can be registered can be interpreted.
#[test]
fn there_is_room_for_every_engine_to_be_interpreted() {
    bare_chain().execute_with(|| {
        for minor in 0..4 {
            let version = EngineVersion::new(3, minor);
            assert_ok!(register(version, vec![artefact(version)]));
            let mode = ExecutionMode::Interpreted;
            assert_ok!(FatContracts::set_engine_mode(root(), version, mode));
        }
        assert_eq!(FatContracts::interpreted_engines().len(), 4);
        // What isn't registered, and what is there twice, is found.
        InterpretedEngines::<Test>::mutate(|it| it.pop());
        assert_ok!(FatContracts::do_try_state());
        InterpretedEngines::<Test>::mutate(|it| it.try_push(V1_0)).expect("room");
        assert!(FatContracts::do_try_state().is_err());
        InterpretedEngines::<Test>::mutate(|it| {
            it.pop();
            it.try_push(EngineVersion::new(3, 2))
        })
        .expect("room");
        assert!(FatContracts::do_try_state().is_err());
        InterpretedEngines::<Test>::mutate(|it| it.pop());
    });
}

#[test]
fn status_says_what_an_engine_may_be_used_for() {
    bare_chain().execute_with(|| {
        let unknown = || FatContracts::set_engine_status(root(), V1_0, EngineStatus::Active, false);
        assert_noop!(unknown(), Error::<Test>::EngineNotFound);
        let unknown = || FatContracts::set_pink_runtime_version(root(), V1_0);
        assert_noop!(unknown(), Error::<Test>::EngineNotFound);
        register_all();
        for status in [EngineStatus::Deprecated, EngineStatus::Revoked] {
            assert_ok!(FatContracts::set_engine_status(root(), V1_0, status, false));
            let version = V1_0;
            assert_eq!(last_event(), Event::EngineStatusChanged { version, status });
            let set = || FatContracts::set_pink_runtime_version(root(), V1_0);
            assert_noop!(set(), Error::<Test>::EngineNotActive);
        }
        assert_ok!(FatContracts::set_engine_status(
            root(),
            V1_0,
            EngineStatus::Active,
            false
        ));
        assert_ok!(FatContracts::set_pink_runtime_version(root(), V1_0));
    });
}

/// Clusters on a revoked engine would stop: it takes force to do that to them.
#[test]
fn an_engine_in_use_is_revoked_by_force_alone() {
    chain().execute_with(|| {
        let revoke =
            |force| FatContracts::set_engine_status(root(), V1_0, EngineStatus::Revoked, force);
        assert_noop!(revoke(false), Error::<Test>::EngineInUse);
        let deprecated = EngineStatus::Deprecated;
        assert_ok!(FatContracts::set_engine_status(
            root(),
            V1_0,
            deprecated,
            false
        ));
        assert_ok!(call(BOB, GAS, None));
        assert_ok!(revoke(true));
        assert_noop!(call(BOB, GAS, None), Error::<Test>::EngineRevoked);
        let deposit = || FatContracts::transfer_to_cluster(signed(BOB), 1, BOB, CLUSTER_ED, MOST);
        assert_noop!(deposit(), Error::<Test>::EngineRevoked);
        let withdraw = || FatContracts::withdraw_from_cluster(signed(BOB), 1, BOB, ED, None, MOST);
        assert_noop!(withdraw(), Error::<Test>::EngineRevoked);
        assert_ok!(FatContracts::set_engine_status(
            root(),
            V1_0,
            EngineStatus::Active,
            false
        ));
        assert_ok!(call(BOB, GAS, None));
    });
}

#[test]
fn system_code_changes_between_blocks() {
    bare_chain().execute_with(|| {
        let empty = || FatContracts::set_pink_system_code(root(), vec![]);
        assert_noop!(empty(), Error::<Test>::BadSystemCode);
        let long = || FatContracts::set_pink_system_code(root(), vec![0; 65]);
        assert_noop!(long(), Error::<Test>::BadSystemCode);
        let code_hash = FatContracts::code_hash(&[9; 64]);
        assert_ok!(FatContracts::set_pink_system_code(root(), vec![9; 64]));
        assert_eq!(last_event(), Event::PinkSystemCodeStaged { code_hash });
        assert_eq!(PinkSystemCodeHash::<Test>::get(), None);
        next_block();
        assert_eq!(last_event(), Event::PinkSystemCodeSet { code_hash });
        assert_eq!(PinkSystemCodeHash::<Test>::get(), Some(code_hash));
        // An older code is still there: messages refer to it.
        assert_ok!(FatContracts::set_pink_system_code(root(), vec![8]));
        next_block();
        assert_eq!(FatContracts::system_code(code_hash), Some(vec![9; 64]));
        assert_ne!(PinkSystemCodeHash::<Test>::get(), Some(code_hash));
    });
}

#[test]
fn a_record_is_replaced_on_development_chains_alone() {
    let rebuilt = || {
        let mut file = artefact(V1_0);
        file.hash = Hash::repeat_byte(0xbb);
        FatContracts::replace_engine(root(), V1_0, 2, vec![], vec![file])
    };
    chain().execute_with(|| {
        assert_noop!(rebuilt(), Error::<Test>::NotDevelopmentChain);
    });
    chain_with(true).execute_with(|| {
        assert_noop!(rebuilt(), Error::<Test>::EngineNotFound);
        register_all();
        assert_ok!(FatContracts::set_pink_runtime_version(root(), V1_0));
        assert_ok!(add_cluster(ALICE, Permission::Public, vec![], 0));
        assert_ok!(FatContracts::set_engine_status(
            root(),
            V1_0,
            EngineStatus::Deprecated,
            false
        ));
        assert_ok!(rebuilt());
        assert_eq!(last_event(), Event::EngineReplaced { version: V1_0 });
        let record = Engines::<Test>::get(V1_0).expect("a record");
        assert_eq!((record.abi, record.users), (2, 1));
        assert_eq!(record.status, EngineStatus::Deprecated);
        assert_eq!(record.artefacts[0].hash, Hash::repeat_byte(0xbb));
        // The old file is free again, the new one is taken.
        assert_eq!(ArtefactVersions::<Test>::get(file_hash(V1_0)), None);
        assert_eq!(
            ArtefactVersions::<Test>::get(Hash::repeat_byte(0xbb)),
            Some(V1_0)
        );
        assert_eq!(Engines::<Test>::count(), 3);
    });
}
