//! The module `spectest`, which the specification's tests import from.

use std::collections::BTreeMap;
use wasmi::{
    Error, Extern, Func, Global, Memory, MemoryType, Mutability, Nullable, Ref, RefType, Store,
    Table, TableType, Val, F32, F64,
};

/// What it exports, in a store.
pub(crate) fn spectest<T: 'static>(
    store: &mut Store<T>,
) -> Result<BTreeMap<String, Extern>, Error> {
    let mut all = BTreeMap::new();
    let memory = Memory::new(&mut *store, MemoryType::new(1, Some(2)))?;
    all.insert("memory".into(), Extern::Memory(memory));
    let ty = TableType::new(RefType::Func, 10, Some(20));
    let table = Table::new(&mut *store, ty, Ref::Func(Nullable::Null))?;
    all.insert("table".into(), Extern::Table(table));
    for (name, value) in [
        ("global_i32", Val::I32(666)),
        ("global_i64", Val::I64(666)),
        ("global_f32", Val::F32(F32::from_bits(0x4426_8000))),
        (
            "global_f64",
            Val::F64(F64::from_bits(0x4084_d000_0000_0000)),
        ),
    ] {
        let global = Global::new(&mut *store, value, Mutability::Const);
        all.insert(name.into(), Extern::Global(global));
    }
    for (name, print) in [
        ("print", Func::wrap(&mut *store, || {})),
        ("print_i32", Func::wrap(&mut *store, |_: i32| {})),
        ("print_i64", Func::wrap(&mut *store, |_: i64| {})),
        ("print_f32", Func::wrap(&mut *store, |_: F32| {})),
        ("print_f64", Func::wrap(&mut *store, |_: F64| {})),
        (
            "print_i32_f32",
            Func::wrap(&mut *store, |_: i32, _: F32| {}),
        ),
        (
            "print_f64_f64",
            Func::wrap(&mut *store, |_: F64, _: F64| {}),
        ),
    ] {
        all.insert(name.into(), Extern::Func(print));
    }
    Ok(all)
}
