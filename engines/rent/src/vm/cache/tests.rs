use super::{Cache, Compiled, CAPACITY};
use crate::versions::Rules;
use std::sync::Arc;

fn module(size: usize) -> Compiled {
    let code = wat::parse_str(r#"(module (func (export "call")))"#).unwrap();
    let compiled = Compiled::new(&code, &Rules::V1_0).unwrap();
    Compiled { size, ..compiled }
}

fn kept(cache: &Cache) -> Vec<u8> {
    let kept = cache.locked();
    assert!(kept.size <= CAPACITY);
    let sum: usize = kept.modules.values().map(|(_, module)| module.size).sum();
    assert_eq!(sum, kept.size);
    kept.modules.keys().map(|hash| hash[0]).collect()
}

#[test]
fn the_module_that_was_not_used_for_the_longest_time_goes_first() {
    let cache = Cache::default();
    let keep = |name: u8, size| cache.locked().keep([name; 32], Arc::new(module(size)));
    for name in [1, 2, 3] {
        keep(name, CAPACITY / 3);
    }
    assert_eq!(kept(&cache), [1, 2, 3]);
    assert!(cache.locked().touch(&[1; 32]).is_some());
    keep(4, CAPACITY / 3);
    assert_eq!(kept(&cache), [1, 3, 4]);
    // As many go as have to.
    keep(5, CAPACITY / 2);
    assert_eq!(kept(&cache), [4, 5]);
    // One that there is no room for isn't kept, and nothing goes for it.
    keep(6, CAPACITY + 1);
    assert_eq!(kept(&cache), [4, 5]);
    // The same again counts once.
    keep(5, CAPACITY / 2);
    assert_eq!(kept(&cache), [4, 5]);
}

#[test]
fn what_imports_unknown_things_is_not_compiled() {
    for import in [
        r#"(import "seal0" "unknown" (func))"#,
        r#"(import "seal0" "seal_caller" (func (param i64)))"#,
        r#"(import "env" "global" (global i32))"#,
    ] {
        let code = wat::parse_str(format!("(module {import})")).unwrap();
        assert!(Compiled::new(&code, &Rules::V1_0).is_none());
    }
    assert!(Compiled::new(b"no module", &Rules::V1_0).is_none());
}
