//! The tests' modules in the encoding of WebAssembly 1.0.
//!
//! Today's encoder of the text names tables where 1.0 had no place for a name. The modules are
//! valid, and mean what they meant; but a decoder of 2021 takes the name for something else.

use wasm_encoder::{ConstExpr, ElementSection, Elements, Module, RawSection};
use wasmparser::{BinaryReaderError, ElementItems, ElementKind, Operator, Parser, Payload};

/// A valid module with its segments of elements as 1.0 wrote them. What it had no way to write is
/// left as it is.
pub(super) fn plain(code: &[u8]) -> Result<Vec<u8>, BinaryReaderError> {
    let mut module = Module::new();
    let mut parser = Parser::new(0).parse_all(code);
    while let Some(payload) = parser.next().transpose()? {
        if let Payload::ElementSection(section) = &payload {
            if let Some(elements) = elements(code, section.clone())? {
                module.section(&elements);
                continue;
            }
        }
        if let Some((id, range)) = payload.as_section() {
            let data = code.get(range).unwrap_or_default();
            module.section(&RawSection { id, data });
        }
    }
    Ok(module.finish())
}

fn elements(
    code: &[u8],
    section: wasmparser::ElementSectionReader<'_>,
) -> Result<Option<ElementSection>, BinaryReaderError> {
    let mut elements = ElementSection::new();
    for element in section {
        let element = element?;
        let ElementKind::Active {
            table_index: None | Some(0),
            offset_expr,
        } = element.kind
        else {
            return Ok(None);
        };
        let offset = offset_expr.get_binary_reader().range();
        // Without the `end` that the encoder adds.
        let offset = code.get(offset.start..offset.end.saturating_sub(1));
        let offset = ConstExpr::raw(offset.unwrap_or_default().to_vec());
        let functions: Vec<u32> = match element.items {
            ElementItems::Functions(items) => items.into_iter().collect::<Result<_, _>>()?,
            ElementItems::Expressions(_, items) => {
                let mut functions = Vec::new();
                for item in items {
                    match item?.get_operators_reader().read()? {
                        Operator::RefFunc { function_index } => functions.push(function_index),
                        _ => return Ok(None),
                    }
                }
                functions
            }
        };
        elements.active(None, &offset, Elements::Functions(functions.into()));
    }
    Ok(Some(elements))
}
