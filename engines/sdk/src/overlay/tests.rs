use super::*;
use crate::MemoryHost;
use proptest::prelude::*;

fn host(pairs: &[(&[u8], &[u8])]) -> MemoryHost {
    let host = MemoryHost::default();
    host.commit(
        pairs
            .iter()
            .map(|(k, v)| (k.to_vec(), Some(v.to_vec())))
            .collect(),
    )
    .expect("memory doesn't fail");
    host
}

#[test]
fn rollback_brings_back_what_was_there() {
    let host = host(&[(b"a", b"1"), (b"b", b"2")]);
    let mut state = Overlay::new(&host);
    state.begin();
    state.put(b"a", b"x".to_vec());
    state.begin();
    state.remove(b"a");
    state.put(b"c", b"y".to_vec());
    assert_eq!(state.get(b"a"), None);
    state.rollback();
    assert_eq!(state.get(b"a"), Some(&b"x"[..]));
    assert_eq!(state.get(b"c"), None);
    state.commit();
    assert_eq!(
        state.into_changes(),
        Ok(vec![(b"a".to_vec(), Some(b"x".to_vec()))])
    );
}

#[test]
fn a_failing_host_shows_at_the_end_and_nowhere_else() {
    struct Broken;
    impl Host for Broken {
        fn get(&self, _: &[u8]) -> Result<Option<Value<'_>>, Fault> {
            Err(Fault::Host {
                reason: "disk".into(),
            })
        }
        fn range(&self, _: &[u8], _: Option<&[u8]>, _: u32) -> Result<Pairs, Fault> {
            Err(Fault::Host {
                reason: "disk".into(),
            })
        }
        fn commit(&self, _: Changes) -> Result<(), Fault> {
            Ok(())
        }
        fn log(&self, _: u8, _: Option<&[u8; 32]>, _: &str) {}
        fn cross_call(&self, _: u32, _: &[u8]) -> Result<Vec<u8>, Fault> {
            Err(Fault::NoHost)
        }
    }
    let mut state = Overlay::new(&Broken);
    assert_eq!(state.get(b"a"), None);
    state.put(b"a", vec![]);
    assert_eq!(
        state.into_changes(),
        Err(Fault::Host {
            reason: "disk".into()
        })
    );
}

#[test]
fn a_value_of_another_type_is_a_fault() {
    let host = host(&[(b"a", b"12345")]);
    let mut state = Overlay::new(&host);
    assert_eq!(state.get_as::<u32>(b"a"), None);
    assert!(matches!(state.fault(), Some(Fault::BrokenState { .. })));
}

/// What a write replaces is kept once for each open transaction, however often it is done.
#[test]
fn writing_again_takes_no_more_memory() {
    let host = host(&[(b"a", b"0")]);
    let mut state = Overlay::new(&host);
    state.begin();
    for round in 0..100u8 {
        state.put(b"a", vec![round]);
        // A callee that is kept, with one that is kept and one that isn't.
        state.begin();
        state.put(b"a", vec![round, 1]);
        state.put(b"a", vec![round, 2]);
        state.begin();
        state.put(b"a", vec![round, 3]);
        state.commit();
        state.begin();
        state.put(b"a", vec![round, 4]);
        assert_eq!(state.journal.len(), 3);
        state.rollback();
        assert_eq!(state.get(b"a"), Some(&[round, 3][..]));
        assert_eq!(state.journal.len(), 2);
        state.commit();
        assert_eq!(state.journal.len(), 1);
    }
    state.rollback();
    assert_eq!(state.get(b"a"), Some(&b"0"[..]));
    assert_eq!(state.journal.len(), 0);
}

#[derive(Clone, Debug)]
enum Step {
    Put(u8, u8),
    Remove(u8),
    Begin,
    Commit,
    Rollback,
    Get(u8),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        (0..12u8, any::<u8>()).prop_map(|(k, v)| Step::Put(k, v)),
        (0..12u8).prop_map(Step::Remove),
        Just(Step::Begin),
        Just(Step::Commit),
        Just(Step::Rollback),
        (0..12u8).prop_map(Step::Get),
    ]
}

proptest! {
    /// The overlay against the plainest model there is: a copy of the whole map per transaction.
    #[test]
    fn behaves_like_copies_of_a_map(
        base in proptest::collection::btree_map(0..12u8, any::<u8>(), 0..8),
        steps in proptest::collection::vec(step(), 0..60),
        limit in 1..6u32,
        (from, to) in (0..12u8, 0..14u8),
    ) {
        let host = MemoryHost::default();
        let base: BTreeMap<Vec<u8>, Vec<u8>> =
            base.into_iter().map(|(k, v)| (vec![k], vec![v])).collect();
        *host.locked_for_tests() = base.clone();
        let mut state = Overlay::new(&host);
        let mut model = vec![base];
        for step in steps {
            let top = model.len() - 1;
            match step {
                Step::Put(k, v) => {
                    state.put(&[k], vec![v]);
                    model[top].insert(vec![k], vec![v]);
                }
                Step::Remove(k) => {
                    state.remove(&[k]);
                    model[top].remove(&vec![k]);
                }
                Step::Begin => {
                    state.begin();
                    model.push(model[top].clone());
                }
                Step::Commit if top > 0 => {
                    state.commit();
                    model.remove(top - 1);
                }
                Step::Rollback if top > 0 => {
                    state.rollback();
                    model.pop();
                }
                Step::Get(k) => {
                    let expected = model[top].get(&vec![k]).map(Vec::as_slice);
                    prop_assert_eq!(state.get(&[k]), expected);
                }
                Step::Commit | Step::Rollback => {}
            }
        }
        let top = model.pop().expect("never empty");
        for end in [None, Some(vec![to])] {
            let expected: Pairs = top
                .iter()
                .filter(|(k, _)| **k >= vec![from] && end.as_ref().is_none_or(|end| *k < end))
                .take(limit as usize)
                .map(|(k, v)| (k.clone(), v.clone()))
                .collect();
            prop_assert_eq!(state.range(&[from], end.as_deref(), limit), expected);
        }
        while state.depth() > 0 {
            state.commit();
        }
        let changes = state.into_changes().expect("memory doesn't fail");
        prop_assert!(changes.windows(2).all(|pair| pair[0].0 < pair[1].0), "not sorted");
        host.commit(changes).expect("memory doesn't fail");
        prop_assert_eq!(&*host.locked_for_tests(), &top);
    }
}
