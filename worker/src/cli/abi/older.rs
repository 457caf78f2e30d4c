//! Metadata of ink! 3 and 4, brought into the form of ink! 5, which the transcoder reads.
//!
//! What differs for our purpose: ink! 3 puts everything under `V3`, names its own types by other
//! paths, and doesn't wrap what messages return; before ink! 5 an event is told by a number in
//! front of its data, and not by a topic. The storage's layout is left out: nothing here reads it.

use serde_json::{json, Map, Value};

/// Metadata in the form of version 5.
pub(super) struct Modern {
    /// The interface.
    pub(super) interface: Map<String, Value>,
    /// Events begin with their number.
    pub(super) numbered_events: bool,
}

/// Brings metadata of a known version into the form of version 5; leaves everything else as it
/// is.
pub(super) fn modernise(mut all: Map<String, Value>) -> Modern {
    let inner = match all.remove("V3") {
        Some(Value::Object(inner)) => inner,
        _ => all,
    };
    let version = inner.get("version").cloned();
    let older = match &version {
        None => inner.contains_key("spec"),
        Some(Value::String(text)) => text == "4",
        Some(number) => *number == 4,
    };
    match older {
        true => Modern {
            interface: rewrite(inner),
            numbered_events: true,
        },
        false => Modern {
            interface: inner,
            numbered_events: false,
        },
    }
}

fn rewrite(mut interface: Map<String, Value>) -> Map<String, Value> {
    interface.insert("version".into(), 5.into());
    let unit = add_unit_type(&mut interface);
    let layout = json!({ "struct": { "name": "", "fields": [] } });
    let storage = json!({ "root": { "root_key": "0x00000000", "ty": unit, "layout": layout } });
    interface.insert("storage".into(), storage);
    let nothing = json!({ "displayName": [], "type": unit });
    if let Some(Value::Object(spec)) = interface.get_mut("spec") {
        rewrite_spec(spec, &nothing);
    }
    interface
}

fn rewrite_spec(spec: &mut Map<String, Value>, nothing: &Value) {
    for kind in ["constructors", "messages"] {
        for entry in objects(spec.get_mut(kind)) {
            entry.entry("default").or_insert(false.into());
            let returns = entry.entry("returnType").or_insert(Value::Null);
            if returns.is_null() {
                returns.clone_from(nothing);
            }
        }
    }
    for event in objects(spec.get_mut("events")) {
        event.entry("module_path").or_insert("".into());
        event.entry("signature_topic").or_insert(Value::Null);
    }
    spec.entry("lang_error").or_insert(nothing.clone());
    let environment = spec.entry("environment").or_insert(json!({}));
    if let Value::Object(environment) = environment {
        for name in [
            "accountId",
            "balance",
            "hash",
            "timestamp",
            "blockNumber",
            "chainExtension",
        ] {
            environment.entry(name).or_insert(nothing.clone());
        }
        for name in ["maxEventTopics", "staticBufferSize"] {
            environment.entry(name).or_insert(0.into());
        }
    }
}

/// Adds the type `()`, and renames ink!'s own types as they are called today. The type's number.
fn add_unit_type(interface: &mut Map<String, Value>) -> usize {
    let Some(Value::Array(types)) = interface.get_mut("types") else {
        return 0;
    };
    for path in types
        .iter_mut()
        .filter_map(|it| it.pointer_mut("/type/path"))
    {
        if *path == json!(["ink_env", "types", "AccountId"]) {
            *path = json!(["ink_primitives", "types", "AccountId"]);
        } else if *path == json!(["ink_env", "types", "Hash"]) {
            *path = json!(["ink_primitives", "types", "Hash"]);
        }
    }
    let unit = types.len();
    types.push(json!({ "id": unit, "type": { "def": { "tuple": [] } } }));
    unit
}

fn objects(list: Option<&mut Value>) -> impl Iterator<Item = &mut Map<String, Value>> {
    list.and_then(Value::as_array_mut)
        .into_iter()
        .flatten()
        .filter_map(Value::as_object_mut)
}
