//! Host functions by their types.

/// A host function that takes and returns what most do, without a detour by lists of values: one without a result, and one
/// with. The executors' libraries give the same names to the same things: `Func`, `Caller` and `Error` are theirs, `Data`,
/// `Value` and `serve` those of who expands it.
#[macro_export]
macro_rules! typed {
    ($store:ident, $number:ident, $($arg:ident)*) => {
        (
            Func::wrap(&mut *$store, move |mut caller: Caller<'_, Data>, $($arg: i32),*| {
                serve(&mut caller, $number, &[$(Value::I32($arg as u32)),*]).map(drop)
            }),
            Func::wrap(&mut *$store, move |mut caller: Caller<'_, Data>, $($arg: i32),*| {
                let result = serve(&mut caller, $number, &[$(Value::I32($arg as u32)),*])?;
                Ok::<i32, Error>(match result {
                    Some(Value::I32(value)) => value as i32,
                    _ => 0,
                })
            }),
        )
    };
}
