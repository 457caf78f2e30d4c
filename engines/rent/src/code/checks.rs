//! What a module may contain.

use crate::versions::{Limits, Rules};
use parity_wasm::elements::{
    External, FunctionType, Instruction, Internal, Module, Type, ValueType,
};

type Checked = Result<(), &'static str>;

/// The function types of a module.
pub(super) fn types(module: &Module) -> &[Type] {
    module.type_section().map_or(&[], |section| section.types())
}

fn imported_functions(module: &Module) -> usize {
    module.import_section().map_or(0, |section| {
        section
            .entries()
            .iter()
            .filter(|entry| matches!(entry.external(), External::Function(_)))
            .count()
    })
}

/// Exactly the functions `deploy` and `call`, of the module's own, without parameters.
pub(super) fn exports(module: &Module) -> Checked {
    let entries = module
        .export_section()
        .map_or(&[][..], |section| section.entries());
    let (mut deploy, mut call) = (false, false);
    for export in entries {
        match export.field() {
            "call" => call = true,
            "deploy" => deploy = true,
            _ => return Err("unknown export: expecting only deploy and call functions"),
        }
        let Internal::Function(index) = *export.internal() else {
            return Err("expected a function");
        };
        entry_point(module, index)?;
    }
    match (deploy, call) {
        (false, _) => Err("deploy function isn't exported"),
        (_, false) => Err("call function isn't exported"),
        _ => Ok(()),
    }
}

fn entry_point(module: &Module, index: u32) -> Checked {
    let defined = (index as usize)
        .checked_sub(imported_functions(module))
        .ok_or("entry point points to an imported function")?;
    let function = module
        .function_section()
        .and_then(|section| section.entries().get(defined))
        .ok_or("export refers to non-existent function")?;
    let Type::Function(ty) = types(module)
        .get(function.type_ref() as usize)
        .ok_or("function has a non-existent type")?;
    let returns_nothing_or_i32 = matches!(ty.return_type(), None | Some(ValueType::I32));
    if ty.params().is_empty() && returns_nothing_or_i32 {
        Ok(())
    } else {
        Err("entry point has wrong signature")
    }
}

/// Memory is imported.
pub(super) fn no_internal_memory(module: &Module) -> Checked {
    match module.memory_section() {
        Some(section) if !section.entries().is_empty() => Err("module declares internal memory"),
        _ => Ok(()),
    }
}

/// One table, of a bounded size.
pub(super) fn table(module: &Module, limits: &Limits) -> Checked {
    let tables = module
        .table_section()
        .map_or(&[][..], |section| section.entries());
    match tables {
        [] => Ok(()),
        [table] if table.limits().initial() > limits.table_size => {
            Err("table exceeds maximum size allowed")
        }
        [_] => Ok(()),
        _ => Err("multiple tables declared"),
    }
}

/// A bounded number of globals.
pub(super) fn globals(module: &Module, limits: &Limits) -> Checked {
    match module.global_section() {
        Some(section) if section.entries().len() > limits.globals as usize => {
            Err("module declares too many globals")
        }
        _ => Ok(()),
    }
}

fn is_float(ty: ValueType) -> bool {
    matches!(ty, ValueType::F32 | ValueType::F64)
}

/// No floating point types. Floating point instructions have no price and fail there.
pub(super) fn no_floats(module: &Module) -> Checked {
    let mut globals = module
        .global_section()
        .into_iter()
        .flat_map(|section| section.entries());
    if globals.any(|global| is_float(global.global_type().content_type())) {
        return Err("use of floating point type in globals is forbidden");
    }
    let mut locals = module
        .code_section()
        .into_iter()
        .flat_map(|section| section.bodies())
        .flat_map(|body| body.locals());
    if locals.any(|group| is_float(group.value_type())) {
        return Err("use of floating point type in locals is forbidden");
    }
    let has_floats = |ty: &FunctionType| {
        let mut values = ty.params().iter().copied().chain(ty.return_type());
        values.any(is_float)
    };
    if types(module)
        .iter()
        .any(|Type::Function(ty)| has_floats(ty))
    {
        Err("use of floating point type in function types is forbidden")
    } else {
        Ok(())
    }
}

/// A bounded number of parameters of each function type.
pub(super) fn parameters(module: &Module, limits: &Limits) -> Checked {
    let too_many = |Type::Function(ty): &Type| ty.params().len() > limits.parameters as usize;
    if types(module).iter().any(too_many) {
        Err("Use of a function type with too many parameters.")
    } else {
        Ok(())
    }
}

/// A bounded number of targets of each `br_table`.
pub(super) fn br_tables(module: &Module, limits: &Limits) -> Checked {
    let mut instructions = module
        .code_section()
        .into_iter()
        .flat_map(|section| section.bodies())
        .flat_map(|body| body.code().elements());
    let too_big = |instruction: &Instruction| match instruction {
        Instruction::BrTable(data) => data.table.len() > limits.br_table_size as usize,
        _ => false,
    };
    if instructions.any(too_big) {
        Err("BrTable's immediate value is too big.")
    } else {
        Ok(())
    }
}

/// A bounded number of locals of each function. Not a check of 2021; see `Rules::max_locals`.
pub(super) fn locals(module: &Module, rules: &Rules) -> Checked {
    let mut bodies = module
        .code_section()
        .into_iter()
        .flat_map(|section| section.bodies());
    let too_many = bodies.any(|body| {
        let groups = body.locals().iter();
        let locals = groups.fold(0_u32, |sum, group| sum.saturating_add(group.count()));
        locals > rules.max_locals
    });
    if too_many {
        Err("function declares too many locals")
    } else {
        Ok(())
    }
}

/// A bounded number of segments. Not a check of 2021; see `Rules::max_segments`.
pub(super) fn segments(module: &Module, rules: &Rules) -> Checked {
    let data = module
        .data_section()
        .map_or(0, |section| section.entries().len());
    let elements = module
        .elements_section()
        .map_or(0, |section| section.entries().len());
    if data.max(elements) > rules.max_segments as usize {
        Err("module declares too many segments")
    } else {
        Ok(())
    }
}
