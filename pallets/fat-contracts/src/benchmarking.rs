//! What each call costs. `cargo test -p pallet-fat-contracts --features runtime-benchmarks` runs
//! every benchmark once, in the pallet's own mock.

// The macro's tests pick values of a parameter with floats; no chain ever runs them.
#![allow(clippy::float_arithmetic)]

use super::*;
use crate::pallet::Pallet as FatContracts;
use alloc::{vec, vec::Vec};
use fat_contracts_primitives::{
    AccountId, Artefact, Balance, BlockNumber, Checkpoint, ClusterId, CodeHash, CodeSource, Effect,
    EngineStatus, EngineVersion, ExecutionMode, Hash, ParkCause, Permission, Remedy, StateRoot,
    Weight as GasWeight, WithdrawOutcome,
};
use frame_benchmarking::v2::*;
use frame_support::{
    traits::{
        fungible::{Inspect, Mutate},
        EnsureOrigin, Get, Hooks,
    },
    BoundedVec,
};
use frame_system::{pallet_prelude::BlockNumberFor, RawOrigin};

const CLUSTER: ClusterId = 1;
const V1_0: EngineVersion = EngineVersion::new(1, 0);
const V1_1: EngineVersion = EngineVersion::new(1, 1);
/// Whatever ordering costs.
const MOST: Balance = Balance::MAX;
const GAS: GasWeight = GasWeight {
    ref_time: 1,
    proof_size: 1,
};

fn person(number: u32) -> AccountId {
    let mut bytes = [0xee; 32];
    bytes[..4].copy_from_slice(&number.to_be_bytes());
    AccountId::new(bytes)
}

fn owner() -> AccountId {
    person(0)
}

fn rich<T: Config>(who: &AccountId) -> Result<(), BenchmarkError> {
    let amount = T::Currency::minimum_balance().saturating_mul(1_000_000);
    T::Currency::mint_into(who, amount)?;
    Ok(())
}

/// Somebody who isn't the owner: what it had of the block is counted.
fn stranger<T: Config>() -> Result<AccountId, BenchmarkError> {
    let who = person(9);
    rich::<T>(&who)?;
    Ok(who)
}

fn governance<T: Config>() -> Result<T::RuntimeOrigin, BenchmarkError> {
    T::GovernanceOrigin::try_successful_origin().map_err(|_| BenchmarkError::Weightless)
}

fn artefacts(version: EngineVersion, count: u32) -> Vec<Artefact> {
    let byte = |index: u32| (version.major * 64 + version.minor * 16 + index) as u8;
    (0..count)
        .map(|index| Artefact {
            target: alloc::format!("target-{index}"),
            hash: Hash::repeat_byte(byte(index)),
            size: 1,
        })
        .collect()
}

fn next_block<T: Config>() {
    FatContracts::<T>::on_finalize(frame_system::Pallet::<T>::block_number());
    let next = frame_system::Pallet::<T>::block_number() + BlockNumberFor::<T>::from(1u32);
    frame_system::Pallet::<T>::set_block_number(next);
    FatContracts::<T>::on_initialize(next);
}

fn advance<T: Config>(blocks: BlockNumber) {
    FatContracts::<T>::on_finalize(frame_system::Pallet::<T>::block_number());
    let last = frame_system::Pallet::<T>::block_number()
        + BlockNumberFor::<T>::from(blocks.saturating_sub(1));
    frame_system::Pallet::<T>::set_block_number(last);
    next_block::<T>();
}

fn engines<T: Config>() -> Result<(), BenchmarkError> {
    let count = T::MaxArtefacts::get();
    for (version, from) in [(V1_0, vec![]), (V1_1, vec![V1_0])] {
        FatContracts::<T>::do_register_engine(version, 1, from, artefacts(version, count))?;
    }
    FatContracts::<T>::do_set_pink_runtime_version(V1_0)?;
    Ok(())
}

/// Admitted workers that serve the owner and have 1.1.
fn workers<T: Config>(count: u32) -> Result<Vec<AccountId>, BenchmarkError> {
    let all: Vec<_> = (1..=count).map(|number| person(1_000 + number)).collect();
    let file = artefacts(V1_1, 1).remove(0).hash;
    for worker in &all {
        FatContracts::<T>::do_register_worker(worker.clone())?;
        FatContracts::<T>::do_serve_owner(worker.clone(), Some(owner()))?;
        let files = BoundedVec::truncate_from(vec![file]);
        FatContracts::<T>::do_announce_engines(worker.clone(), files)?;
    }
    Ok(all)
}

/// A cluster with `count` workers, in a block after its first.
fn cluster<T: Config>(count: u32) -> Result<Vec<AccountId>, BenchmarkError> {
    next_block::<T>();
    engines::<T>()?;
    rich::<T>(&owner())?;
    let workers = workers::<T>(count)?;
    add::<T>(workers.clone())?;
    next_block::<T>();
    Ok(workers)
}

fn add<T: Config>(workers: Vec<AccountId>) -> Result<(), BenchmarkError> {
    FatContracts::<T>::add_cluster(
        RawOrigin::Signed(owner()).into(),
        V1_0,
        owner(),
        Permission::Public,
        workers,
        0,
        1,
        1,
        1,
        person(1),
        1,
        vec![],
    )?;
    Ok(())
}

/// A cluster's key, sealed to each of its workers by each: as many envelopes as can be.
fn keys<T: Config>(workers: &[AccountId]) -> Result<(), BenchmarkError> {
    let Some(first) = workers.first() else {
        return Ok(());
    };
    FatContracts::<T>::do_commit_cluster_key(first.clone(), CLUSTER, Hash::zero())?;
    for to in workers {
        FatContracts::<T>::do_set_worker_key(to.clone(), [1; 32])?;
        let from = |from: &AccountId| Envelope {
            from: from.clone(),
            sealed: [0; 80],
        };
        let all: Vec<_> = workers.iter().map(from).collect();
        SealedKeys::<T>::insert(CLUSTER, to, BoundedVec::truncate_from(all));
    }
    Ok(())
}

/// The least that can be withdrawn.
fn least<T: Config>() -> Balance {
    T::Currency::minimum_balance().max(1)
}

/// Brings in money and asks for it back, `count` times in this block.
fn withdrawals<T: Config>(count: u32) -> Result<(), BenchmarkError> {
    let amount = least::<T>().saturating_mul(Balance::from(count).saturating_add(1));
    let (from, to) = (owner(), person(7));
    FatContracts::<T>::do_transfer_to_cluster(from.clone(), CLUSTER, from.clone(), amount, MOST)?;
    for _ in 0..count {
        let (from, to, amount) = (from.clone(), to.clone(), least::<T>());
        FatContracts::<T>::do_withdraw_from_cluster(from, CLUSTER, to, amount, None, MOST)?;
        // As if somebody else had asked for each: one alone doesn't get them all.
        Queues::<T>::mutate(CLUSTER, |queue| queue.block_withdrawals = 0);
    }
    Ok(())
}

/// What a worker says about its next checkpoint, all withdrawals of it having been debited.
fn checkpoint<T: Config>(worker: &AccountId, root: u8) -> Result<Checkpoint, BenchmarkError> {
    let next = FatContracts::<T>::next_to_acknowledge(CLUSTER, worker)
        .ok_or(BenchmarkError::Stop("nothing to acknowledge"))?;
    let effects = (next.first..=next.last_seq)
        .filter(|seq| next.contains(*seq) && Withdrawals::<T>::contains_key(CLUSTER, seq))
        .map(|seq| Effect::Withdrawn {
            seq,
            outcome: WithdrawOutcome::Debited,
        });
    Ok(Checkpoint {
        block: next.cursor.block,
        last_seq: next.last_seq,
        engine: V1_0,
        root: StateRoot::repeat_byte(root),
        receipts_root: Hash::zero(),
        message_hash: next.message_hash,
        effects: effects.collect(),
    })
}

fn ack<T: Config>(worker: &AccountId, root: u8) -> Result<(), BenchmarkError> {
    let checkpoint = checkpoint::<T>(worker, root)?;
    FatContracts::<T>::do_acknowledge(worker.clone(), CLUSTER, vec![checkpoint])
        .map_err(|_| BenchmarkError::Stop("not taken"))?;
    Ok(())
}

#[benchmarks]
mod benchmarks {
    use super::*;

    #[benchmark]
    fn register_engine(a: Linear<1, { T::MaxArtefacts::get() }>) -> Result<(), BenchmarkError> {
        let origin = governance::<T>()?;
        #[extrinsic_call]
        _(
            origin as T::RuntimeOrigin,
            V1_0,
            1,
            vec![],
            artefacts(V1_0, a),
        );
        assert!(Engines::<T>::contains_key(V1_0));
        Ok(())
    }

    #[benchmark]
    fn replace_engine(a: Linear<1, { T::MaxArtefacts::get() }>) -> Result<(), BenchmarkError> {
        Development::<T>::put(true);
        // As many files go as can have been there.
        let old = artefacts(V1_1, T::MaxArtefacts::get());
        FatContracts::<T>::do_register_engine(V1_0, 1, vec![], old)?;
        let origin = governance::<T>()?;
        #[extrinsic_call]
        _(
            origin as T::RuntimeOrigin,
            V1_0,
            1,
            vec![],
            artefacts(V1_0, a),
        );
        let record = Engines::<T>::get(V1_0).map(|engine| engine.artefacts.len());
        assert_eq!(record, Some(a as usize));
        Ok(())
    }

    #[benchmark]
    fn set_engine_status() -> Result<(), BenchmarkError> {
        engines::<T>()?;
        let origin = governance::<T>()?;
        #[extrinsic_call]
        _(
            origin as T::RuntimeOrigin,
            V1_1,
            EngineStatus::Revoked,
            false,
        );
        Ok(())
    }

    #[benchmark]
    fn set_pink_runtime_version() -> Result<(), BenchmarkError> {
        engines::<T>()?;
        let origin = governance::<T>()?;
        #[extrinsic_call]
        _(origin as T::RuntimeOrigin, V1_1);
        assert_eq!(PinkRuntimeVersion::<T>::get(), Some(V1_1));
        Ok(())
    }

    #[benchmark]
    fn set_pink_system_code(
        b: Linear<1, { T::MaxSystemCodeBytes::get() }>,
    ) -> Result<(), BenchmarkError> {
        let origin = governance::<T>()?;
        #[extrinsic_call]
        _(origin as T::RuntimeOrigin, vec![0; b as usize]);
        Ok(())
    }

    #[benchmark]
    fn add_cluster(w: Linear<0, { T::MaxMembers::get() }>) -> Result<(), BenchmarkError> {
        next_block::<T>();
        engines::<T>()?;
        rich::<T>(&owner())?;
        let workers = workers::<T>(w)?;
        #[extrinsic_call]
        _(
            RawOrigin::Signed(owner()),
            V1_0,
            owner(),
            Permission::Public,
            workers,
            least::<T>(),
            1,
            1,
            1,
            person(1),
            1,
            vec![0; T::MaxEngineConfigBytes::get() as usize],
        );
        assert!(Clusters::<T>::contains_key(CLUSTER));
        Ok(())
    }

    #[benchmark]
    fn cluster_upload_resource(
        b: Linear<0, { T::MaxMessageBytes::get().saturating_sub(128) }>,
    ) -> Result<(), BenchmarkError> {
        cluster::<T>(1)?;
        let who = stranger::<T>()?;
        #[extrinsic_call]
        _(
            RawOrigin::Signed(who),
            CLUSTER,
            vec![0; b as usize],
            None,
            None,
            MOST,
        );
        assert_eq!(Queues::<T>::get(CLUSTER).next, 2);
        Ok(())
    }

    #[benchmark]
    fn instantiate_contract(
        b: Linear<0, { T::MaxMessageBytes::get().saturating_sub(256) }>,
    ) -> Result<(), BenchmarkError> {
        cluster::<T>(1)?;
        let who = stranger::<T>()?;
        #[extrinsic_call]
        _(
            RawOrigin::Signed(who),
            CLUSTER,
            CodeSource::Code(vec![0; b as usize]),
            vec![],
            vec![],
            0,
            GAS,
            None,
            None,
            MOST,
        );
        assert_eq!(Queues::<T>::get(CLUSTER).next, 2);
        Ok(())
    }

    #[benchmark]
    fn call_contract(
        b: Linear<0, { T::MaxMessageBytes::get().saturating_sub(256) }>,
    ) -> Result<(), BenchmarkError> {
        cluster::<T>(1)?;
        let who = stranger::<T>()?;
        #[extrinsic_call]
        _(
            RawOrigin::Signed(who),
            CLUSTER,
            person(9),
            vec![0; b as usize],
            0,
            GAS,
            None,
            None,
            MOST,
        );
        assert_eq!(Queues::<T>::get(CLUSTER).next, 2);
        Ok(())
    }

    #[benchmark]
    fn transfer_to_cluster() -> Result<(), BenchmarkError> {
        cluster::<T>(1)?;
        let who = stranger::<T>()?;
        let amount = least::<T>();
        #[extrinsic_call]
        _(RawOrigin::Signed(who), CLUSTER, person(9), amount, MOST);
        assert_eq!(Held::<T>::get(CLUSTER), least::<T>());
        Ok(())
    }

    #[benchmark]
    fn withdraw_from_cluster() -> Result<(), BenchmarkError> {
        cluster::<T>(1)?;
        let who = stranger::<T>()?;
        #[extrinsic_call]
        _(
            RawOrigin::Signed(who),
            CLUSTER,
            person(9),
            least::<T>(),
            None,
            MOST,
        );
        assert!(Withdrawals::<T>::contains_key(CLUSTER, 1));
        Ok(())
    }

    #[benchmark]
    fn upgrade_runtime(w: Linear<1, { T::MaxMembers::get() }>) -> Result<(), BenchmarkError> {
        cluster::<T>(w)?;
        let at = FatContracts::<T>::earliest_upgrade();
        // The list is as long as it can be, but for one.
        let others = T::MaxUpgradesPerBlock::get().saturating_sub(1);
        let list: Vec<_> = (0..others)
            .map(|other| 100 + ClusterId::from(other))
            .collect();
        UpgradesAt::<T>::insert(at, BoundedVec::truncate_from(list));
        #[extrinsic_call]
        _(RawOrigin::Signed(owner()), CLUSTER, V1_1, at);
        assert!(UpgradesAt::<T>::get(at).contains(&CLUSTER));
        Ok(())
    }

    #[benchmark]
    fn cancel_upgrade() -> Result<(), BenchmarkError> {
        cluster::<T>(1)?;
        let at = FatContracts::<T>::earliest_upgrade();
        FatContracts::<T>::schedule_upgrade(CLUSTER, V1_1, at)?;
        #[extrinsic_call]
        _(RawOrigin::Signed(owner()), CLUSTER);
        assert!(!UpgradesAt::<T>::contains_key(at));
        Ok(())
    }

    #[benchmark]
    fn register_worker() -> Result<(), BenchmarkError> {
        let origin =
            T::WorkerOrigin::try_successful_origin().map_err(|_| BenchmarkError::Weightless)?;
        #[extrinsic_call]
        _(origin as T::RuntimeOrigin, person(5));
        assert!(Workers::<T>::contains_key(person(5)));
        Ok(())
    }

    #[benchmark]
    fn unregister_worker() -> Result<(), BenchmarkError> {
        FatContracts::<T>::do_register_worker(person(5))?;
        FatContracts::<T>::do_serve_owner(person(5), Some(owner()))?;
        // Its record is as long as it can be.
        let all = vec![Hash::zero(); T::MaxAnnounced::get() as usize];
        let files = BoundedVec::truncate_from(all);
        FatContracts::<T>::do_announce_engines(person(5), files)?;
        FatContracts::<T>::do_set_worker_key(person(5), [1; 32])?;
        let origin =
            T::WorkerOrigin::try_successful_origin().map_err(|_| BenchmarkError::Weightless)?;
        #[extrinsic_call]
        _(origin as T::RuntimeOrigin, person(5));
        assert!(!Workers::<T>::contains_key(person(5)));
        assert!(!WorkerKeys::<T>::contains_key(person(5)));
        Ok(())
    }

    #[benchmark]
    fn serve_owner() -> Result<(), BenchmarkError> {
        FatContracts::<T>::do_register_worker(person(5))?;
        #[extrinsic_call]
        _(RawOrigin::Signed(person(5)), Some(owner()));
        Ok(())
    }

    #[benchmark]
    fn announce_engines() -> Result<(), BenchmarkError> {
        FatContracts::<T>::do_register_worker(person(5))?;
        let all = vec![Hash::zero(); T::MaxAnnounced::get() as usize];
        #[extrinsic_call]
        _(RawOrigin::Signed(person(5)), BoundedVec::truncate_from(all));
        Ok(())
    }

    #[benchmark]
    fn add_worker_to_cluster() -> Result<(), BenchmarkError> {
        cluster::<T>(T::MaxMembers::get().saturating_sub(1))?;
        FatContracts::<T>::do_register_worker(person(5))?;
        FatContracts::<T>::do_serve_owner(person(5), Some(owner()))?;
        #[extrinsic_call]
        _(RawOrigin::Signed(owner()), CLUSTER, person(5));
        Ok(())
    }

    /// Nothing is confirmed by it: what is adds as in `acknowledge`.
    #[benchmark(pov_mode = MaxEncodedLen { FatContracts::Tallies: Measured })]
    fn remove_worker_from_cluster() -> Result<(), BenchmarkError> {
        let workers = cluster::<T>(T::MaxMembers::get())?;
        keys::<T>(&workers)?;
        #[extrinsic_call]
        _(RawOrigin::Signed(owner()), CLUSTER, workers[0].clone());
        assert!(!WorkerKeys::<T>::contains_key(&workers[0]));
        assert!(!SealedKeys::<T>::contains_key(CLUSTER, &workers[0]));
        Ok(())
    }

    /// `c` checkpoints taken of which all others said something else, so that none is confirmed.
    // What workers tell of one checkpoint has a bound of 70 KB, effects most of it: what those take is
    // measured by `acknowledge_effects`. At its bound each, a list of checkpoints would fit no block.
    // So wherever such lists are read.
    #[benchmark(pov_mode = MaxEncodedLen { FatContracts::Tallies: Measured })]
    fn acknowledge(c: Linear<1, { T::MaxCheckpoints::get() }>) -> Result<(), BenchmarkError> {
        let workers = cluster::<T>(T::MaxMembers::get())?;
        for worker in &workers {
            ack::<T>(worker, 7)?;
        }
        advance::<T>(T::CheckpointInterval::get().saturating_mul(c.saturating_add(1)));
        let mut all: Vec<Checkpoint> = vec![];
        let mut cursor = FatContracts::<T>::next_to_acknowledge(CLUSTER, &workers[0])
            .ok_or(BenchmarkError::Stop("nothing to acknowledge"))?;
        for _ in 0..c {
            all.push(Checkpoint {
                block: cursor.cursor.block,
                last_seq: cursor.last_seq,
                engine: V1_0,
                root: StateRoot::zero(),
                receipts_root: Hash::zero(),
                message_hash: cursor.message_hash,
                effects: vec![],
            });
            match FatContracts::<T>::next_checkpoint(CLUSTER, cursor.cursor) {
                Some(next) => cursor = next,
                None => break,
            }
        }
        for (number, worker) in workers.iter().enumerate().skip(1) {
            let mut others = all.clone();
            for checkpoint in &mut others {
                checkpoint.root = StateRoot::repeat_byte(number as u8);
            }
            FatContracts::<T>::do_acknowledge(worker.clone(), CLUSTER, others)
                .map_err(|_| BenchmarkError::Stop("not taken"))?;
        }
        #[extrinsic_call]
        _(RawOrigin::Signed(workers[0].clone()), CLUSTER, all);
        Ok(())
    }

    /// One checkpoint taken that tells of `e` withdrawals, all others having said something
    /// else about as many, so that none is confirmed.
    #[benchmark(pov_mode = MaxEncodedLen { FatContracts::Tallies: Measured })]
    fn acknowledge_effects(
        e: Linear<0, { T::MaxEffects::get().saturating_sub(2) }>,
    ) -> Result<(), BenchmarkError> {
        let workers = cluster::<T>(T::MaxMembers::get())?;
        for worker in &workers {
            ack::<T>(worker, 7)?;
        }
        withdrawals::<T>(e)?;
        next_block::<T>();
        for (number, worker) in workers.iter().enumerate().skip(1) {
            ack::<T>(worker, number as u8)?;
        }
        let first = workers[0].clone();
        let told = vec![checkpoint::<T>(&first, 0)?];
        assert_eq!(told[0].effects.len(), e as usize);
        let block = told[0].block;
        #[block]
        {
            FatContracts::<T>::do_acknowledge(first, CLUSTER, told)
                .map_err(|_| BenchmarkError::Stop("not taken"))?;
        }
        let tallies = Tallies::<T>::get(CLUSTER, block).len();
        assert_eq!(tallies, workers.len());
        Ok(())
    }

    /// One checkpoint confirmed, with `e` withdrawals paid.
    #[benchmark(pov_mode = MaxEncodedLen { FatContracts::Tallies: Measured })]
    fn confirm(
        e: Linear<0, { T::MaxEffects::get().saturating_sub(2) }>,
    ) -> Result<(), BenchmarkError> {
        let workers = cluster::<T>(T::MaxMembers::get())?;
        for worker in &workers {
            ack::<T>(worker, 7)?;
        }
        withdrawals::<T>(e)?;
        next_block::<T>();
        let need = terms::quorum(workers.len() as u32) as usize;
        for worker in workers.iter().take(need.saturating_sub(1)) {
            ack::<T>(worker, 7)?;
        }
        let last = workers[need.saturating_sub(1)].clone();
        let checkpoint = checkpoint::<T>(&last, 7)?;
        let before = Progress::<T>::get(CLUSTER).confirmed;
        #[block]
        {
            FatContracts::<T>::do_acknowledge(last, CLUSTER, vec![checkpoint])
                .map_err(|_| BenchmarkError::Stop("not taken"))?;
        }
        assert!(Progress::<T>::get(CLUSTER).confirmed > before);
        Ok(())
    }

    #[benchmark(pov_mode = MaxEncodedLen { FatContracts::Tallies: Measured })]
    fn resolve_divergence() -> Result<(), BenchmarkError> {
        let workers = cluster::<T>(T::MaxMembers::get())?;
        for (number, worker) in workers.iter().enumerate() {
            if Clusters::<T>::get(CLUSTER).is_some_and(|record| record.diverged.is_none()) {
                ack::<T>(worker, number as u8)?;
            }
        }
        let block = Clusters::<T>::get(CLUSTER)
            .and_then(|record| record.diverged)
            .ok_or(BenchmarkError::Stop("not diverged"))?;
        let origin = governance::<T>()?;
        #[extrinsic_call]
        _(
            origin as T::RuntimeOrigin,
            CLUSTER,
            block,
            StateRoot::repeat_byte(0),
            block,
        );
        Ok(())
    }

    /// One worker against all others.
    #[benchmark(pov_mode = MaxEncodedLen { FatContracts::Tallies: Measured })]
    fn resolve_in_favour() -> Result<(), BenchmarkError> {
        let workers = cluster::<T>(T::MaxMembers::get())?;
        for (number, worker) in workers.iter().enumerate() {
            if Clusters::<T>::get(CLUSTER).is_some_and(|record| record.diverged.is_none()) {
                ack::<T>(worker, number as u8)?;
            }
        }
        let block = Queues::<T>::get(CLUSTER).block;
        let origin = governance::<T>()?;
        #[extrinsic_call]
        _(
            origin as T::RuntimeOrigin,
            CLUSTER,
            workers[0].clone(),
            block,
        );
        assert_eq!(Progress::<T>::get(CLUSTER).confirmed.block, block);
        Ok(())
    }

    #[benchmark]
    fn report_parked() -> Result<(), BenchmarkError> {
        let workers = cluster::<T>(T::MaxMembers::get())?;
        let block = Queues::<T>::get(CLUSTER).block;
        let cause = ParkCause::EnginePanicked;
        for worker in &workers[1..] {
            FatContracts::<T>::do_report_parked(worker.clone(), CLUSTER, block, 0, cause, block)?;
        }
        #[extrinsic_call]
        _(
            RawOrigin::Signed(workers[0].clone()),
            CLUSTER,
            block,
            0,
            cause,
            block,
        );
        Ok(())
    }

    #[benchmark]
    fn amend() -> Result<(), BenchmarkError> {
        let workers = cluster::<T>(T::MaxMembers::get())?;
        let block = Queues::<T>::get(CLUSTER).block;
        for worker in workers {
            let cause = ParkCause::EnginePanicked;
            FatContracts::<T>::do_report_parked(worker, CLUSTER, block, 0, cause, block)?;
        }
        let origin = governance::<T>()?;
        #[extrinsic_call]
        _(
            origin as T::RuntimeOrigin,
            CLUSTER,
            0,
            Remedy::ExecuteFrom(V1_1),
        );
        Ok(())
    }

    #[benchmark]
    fn update_prices() -> Result<(), BenchmarkError> {
        cluster::<T>(1)?;
        #[extrinsic_call]
        _(RawOrigin::Signed(owner()), CLUSTER, 2, 2, 2);
        assert!(PendingPrices::<T>::contains_key(CLUSTER));
        Ok(())
    }

    #[benchmark]
    fn claim_withdrawal() -> Result<(), BenchmarkError> {
        cluster::<T>(1)?;
        withdrawals::<T>(1)?;
        Withdrawals::<T>::mutate(CLUSTER, 2, |withdrawal| {
            if let Some(withdrawal) = withdrawal {
                withdrawal.due = true;
            }
        });
        #[extrinsic_call]
        _(RawOrigin::Signed(person(9)), CLUSTER, 2);
        assert!(!Withdrawals::<T>::contains_key(CLUSTER, 2));
        Ok(())
    }

    #[benchmark]
    fn claim_surcharge() -> Result<(), BenchmarkError> {
        cluster::<T>(T::MaxMembers::get())?;
        let who = stranger::<T>()?;
        #[extrinsic_call]
        _(RawOrigin::Signed(who), CLUSTER, person(8), None, MOST);
        Ok(())
    }

    #[benchmark]
    fn remove_code() -> Result<(), BenchmarkError> {
        cluster::<T>(1)?;
        let who = stranger::<T>()?;
        #[extrinsic_call]
        _(
            RawOrigin::Signed(who),
            CLUSTER,
            CodeHash::zero(),
            None,
            MOST,
        );
        assert_eq!(Queues::<T>::get(CLUSTER).next, 2);
        Ok(())
    }

    #[benchmark]
    fn activate_code() -> Result<(), BenchmarkError> {
        cluster::<T>(1)?;
        let who = stranger::<T>()?;
        #[extrinsic_call]
        _(
            RawOrigin::Signed(who),
            CLUSTER,
            CodeHash::zero(),
            GAS,
            None,
            MOST,
        );
        assert_eq!(Queues::<T>::get(CLUSTER).next, 2);
        Ok(())
    }

    /// Another one is interpreted already.
    #[benchmark]
    fn set_engine_mode() -> Result<(), BenchmarkError> {
        engines::<T>()?;
        FatContracts::<T>::do_set_engine_mode(V1_0, ExecutionMode::Interpreted)?;
        let origin = governance::<T>()?;
        #[extrinsic_call]
        _(origin as T::RuntimeOrigin, V1_1, ExecutionMode::Interpreted);
        assert_eq!(InterpretedEngines::<T>::get().len(), 2);
        Ok(())
    }

    #[benchmark]
    fn update_schedule(
        b: Linear<0, { T::MaxEngineConfigBytes::get() }>,
    ) -> Result<(), BenchmarkError> {
        cluster::<T>(1)?;
        let origin = governance::<T>()?;
        #[extrinsic_call]
        _(origin as T::RuntimeOrigin, CLUSTER, vec![0; b as usize]);
        Ok(())
    }

    /// The second step: everything is swept.
    #[benchmark]
    fn cluster_destroy(w: Linear<0, { T::MaxMembers::get() }>) -> Result<(), BenchmarkError> {
        let workers = cluster::<T>(w)?;
        keys::<T>(&workers)?;
        FatContracts::<T>::do_cluster_destroy(CLUSTER, None)?;
        advance::<T>(T::ClosingPeriod::get());
        let origin = governance::<T>()?;
        #[extrinsic_call]
        _(origin as T::RuntimeOrigin, CLUSTER, Some(person(9)));
        assert!(!ClusterKeys::<T>::contains_key(CLUSTER));
        assert!(SealedKeys::<T>::iter_prefix(CLUSTER).next().is_none());
        assert!(workers.iter().all(|it| !WorkerKeys::<T>::contains_key(it)));
        Ok(())
    }

    #[benchmark]
    fn set_price_bounds() -> Result<(), BenchmarkError> {
        let origin = governance::<T>()?;
        #[extrinsic_call]
        _(origin as T::RuntimeOrigin, None);
        Ok(())
    }

    /// Messages of a destroyed cluster, which are the things that take most.
    #[benchmark]
    fn prune(t: Linear<1, { T::MaxPrune::get() }>) -> Result<(), BenchmarkError> {
        cluster::<T>(1)?;
        FatContracts::<T>::do_cluster_destroy(CLUSTER, None)?;
        advance::<T>(T::ClosingPeriod::get());
        FatContracts::<T>::do_cluster_destroy(CLUSTER, Some(person(9)))?;
        advance::<T>(T::LivenessPeriod::get().saturating_add(1));
        Messages::<T>::remove(CLUSTER, 1);
        let bytes = vec![0; T::MaxMessageBytes::get() as usize];
        for seq in 0..t {
            let bytes = BoundedVec::truncate_from(bytes.clone());
            Messages::<T>::insert(CLUSTER, u64::from(seq), bytes);
        }
        Queues::<T>::mutate(CLUSTER, |queue| queue.next = u64::from(t));
        #[extrinsic_call]
        _(RawOrigin::Signed(person(9)), CLUSTER, t);
        assert_eq!(Messages::<T>::iter_prefix(CLUSTER).count(), 0);
        Ok(())
    }

    /// A block in which `d` clusters are upgraded to another engine.
    #[benchmark]
    fn on_initialize(
        d: Linear<0, { T::MaxUpgradesPerBlock::get() }>,
    ) -> Result<(), BenchmarkError> {
        next_block::<T>();
        engines::<T>()?;
        rich::<T>(&owner())?;
        let workers = workers::<T>(d)?;
        for worker in workers {
            add::<T>(vec![worker])?;
        }
        let at = FatContracts::<T>::earliest_upgrade();
        for cluster in 1..=d {
            FatContracts::<T>::schedule_upgrade(cluster.into(), V1_1, at)?;
        }
        let at = BlockNumberFor::<T>::from(at);
        frame_system::Pallet::<T>::set_block_number(at);
        #[block]
        {
            FatContracts::<T>::on_initialize(at);
        }
        assert!(UpgradesAt::<T>::iter().next().is_none());
        Ok(())
    }

    /// The end of a block in which `c` clusters had a message of one stranger each. There are
    /// as many engines as can be, and clusters can be upgraded to as many as can migrate their state.
    #[benchmark]
    fn on_finalize(c: Linear<1, 32>) -> Result<(), BenchmarkError> {
        next_block::<T>();
        engines::<T>()?;
        rich::<T>(&owner())?;
        let mut engine = Engines::<T>::get(V1_1).ok_or(BenchmarkError::Stop("no engine"))?;
        let paths = vec![V1_0; T::MaxUpgradePaths::get() as usize];
        engine.upgrades_from = BoundedVec::truncate_from(paths);
        for minor in Engines::<T>::count()..T::MaxEngines::get() {
            Engines::<T>::insert(EngineVersion::new(9, minor), engine.clone());
        }
        for _ in 0..c {
            add::<T>(vec![])?;
        }
        next_block::<T>();
        let who = stranger::<T>()?;
        for cluster in 1..=c {
            let origin = RawOrigin::Signed(who.clone()).into();
            let (to, cluster) = (person(8), cluster.into());
            FatContracts::<T>::call_contract(
                origin,
                cluster,
                to,
                vec![],
                0,
                GAS,
                None,
                None,
                MOST,
            )?;
        }
        let now = frame_system::Pallet::<T>::block_number();
        #[block]
        {
            FatContracts::<T>::on_finalize(now);
        }
        assert!(Queues::<T>::get(u64::from(c)).sealed);
        Ok(())
    }

    /// In a cluster in which nothing was sealed to the key that is there.
    #[benchmark]
    fn set_worker_key() -> Result<(), BenchmarkError> {
        let workers = cluster::<T>(T::MaxMembers::get())?;
        let worker = workers[0].clone();
        FatContracts::<T>::do_set_worker_key(worker.clone(), [1; 32])?;
        #[extrinsic_call]
        _(RawOrigin::Signed(worker.clone()), [2; 32]);
        assert_eq!(WorkerKeys::<T>::get(worker), Some([2; 32]));
        Ok(())
    }

    #[benchmark]
    fn commit_cluster_key() -> Result<(), BenchmarkError> {
        let workers = cluster::<T>(T::MaxMembers::get())?;
        #[extrinsic_call]
        _(
            RawOrigin::Signed(workers[0].clone()),
            CLUSTER,
            Hash::repeat_byte(1),
        );
        assert!(ClusterKeys::<T>::contains_key(CLUSTER));
        Ok(())
    }

    /// There are as many envelopes as can be, of members that left all but one.
    #[benchmark]
    fn share_cluster_key() -> Result<(), BenchmarkError> {
        let workers = cluster::<T>(T::MaxMembers::get())?;
        let (first, last) = (workers[0].clone(), workers[workers.len() - 1].clone());
        FatContracts::<T>::do_commit_cluster_key(first.clone(), CLUSTER, Hash::zero())?;
        FatContracts::<T>::do_set_worker_key(last.clone(), [1; 32])?;
        let left = |number| Envelope {
            from: person(number),
            sealed: [0; 80],
        };
        let all: Vec<_> = (0..T::MaxMembers::get()).map(left).collect();
        SealedKeys::<T>::insert(CLUSTER, &last, BoundedVec::truncate_from(all));
        #[extrinsic_call]
        _(
            RawOrigin::Signed(first.clone()),
            CLUSTER,
            last.clone(),
            [7; 80],
        );
        let envelopes = SealedKeys::<T>::get(CLUSTER, last);
        assert!(envelopes.iter().any(|it| it.from == first));
        Ok(())
    }

    /// As many members as can be, each with as many envelopes.
    #[benchmark]
    fn clear_cluster_key() -> Result<(), BenchmarkError> {
        let workers = cluster::<T>(T::MaxMembers::get())?;
        keys::<T>(&workers)?;
        let governance = governance::<T>()?;
        #[extrinsic_call]
        _(governance as T::RuntimeOrigin, CLUSTER);
        assert!(!ClusterKeys::<T>::contains_key(CLUSTER));
        assert!(SealedKeys::<T>::iter_prefix(CLUSTER).next().is_none());
        Ok(())
    }

    impl_benchmark_test_suite!(
        FatContracts,
        crate::tests::benchmark_chain(),
        crate::tests::Runtime
    );
}
