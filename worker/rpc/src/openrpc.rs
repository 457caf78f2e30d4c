//! The OpenRPC document: what `rpc.discover` gives. Made of the table of methods, so that it can't say another thing.

use crate::{
    api::{
        method::{Kind, Method},
        METHODS,
    },
    error::Code,
};
use schemars::{generate::SchemaSettings, SchemaGenerator};
use serde_json::{json, Map, Value};

/// Where the document keeps the schemas.
const SCHEMAS: &str = "/components/schemas";

/// The document.
///
/// The standard knows no subscriptions: a method that begins one has `x-notification` (name and schema of what is
/// told) and `x-unsubscribe`; a method that isn't for everybody has `x-unsafe`.
pub fn document() -> Value {
    let settings =
        SchemaSettings::draft07().with(|settings| settings.definitions_path = SCHEMAS.into());
    let mut schemas = settings.into_generator();
    let mut methods = Vec::new();
    let mut of_params = Vec::new();
    for method in METHODS {
        let (params, name) = params(method, &mut schemas);
        of_params.extend(name);
        methods.push(written(method, params, &mut schemas));
        if let Kind::Subscription { unsubscribe, .. } = method.kind {
            methods.push(json!({
                "name": unsubscribe,
                "summary": format!("Ends a subscription of `{}`.", method.name),
                "paramStructure": "by-position",
                "params": [{ "name": "subscription", "required": true,
                    "schema": { "type": ["string", "integer"] } }],
                "result": { "name": "ended", "schema": { "type": "boolean" } },
            }));
        }
    }
    let mut definitions = schemas.take_definitions(true);
    // They stand with their methods, one by one.
    definitions.retain(|name, _| !of_params.contains(name));
    let codes = Code::ALL.iter().map(|code| {
        json!({ "code": *code as i32, "message": code.meaning(), "data": { "name": code.name() } })
    });
    json!({
        "openrpc": "1.3.2",
        "info": {
            "title": "pink-worker",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "A worker of smart contracts beside a Substrate chain: queries, estimates, receipts, storage, logs.",
            "license": { "name": "Apache-2.0" },
        },
        "methods": methods,
        "components": { "schemas": definitions },
        "x-errors": codes.collect::<Vec<_>>(),
    })
}

/// A method's parameters in the order of the table, and the name of the schema that they are taken from.
fn params(method: &Method, schemas: &mut SchemaGenerator) -> (Vec<Value>, Option<String>) {
    let of_all = (method.params_schema)(schemas).to_value();
    let name = of_all.get("$ref").and_then(Value::as_str);
    let name = name.and_then(|it| it.rsplit('/').next()).map(String::from);
    let found = name
        .as_ref()
        .and_then(|name| schemas.definitions().get(name));
    let whole = found.unwrap_or(&of_all);
    let required: Vec<&str> = whole
        .get("required")
        .and_then(Value::as_array)
        .map(|names| names.iter().filter_map(Value::as_str).collect())
        .unwrap_or_default();
    let params = method.params.iter().map(|param| {
        let schema = whole.pointer(&format!("/properties/{param}"));
        let mut schema = schema.cloned().unwrap_or(Value::Null);
        let description = schema
            .as_object_mut()
            .and_then(|it| it.remove("description"));
        json!({
            "name": param,
            "description": description,
            "required": required.contains(param),
            "schema": schema,
        })
    });
    (params.collect(), name)
}

fn written(method: &Method, params: Vec<Value>, schemas: &mut SchemaGenerator) -> Value {
    let values: Vec<Value> = serde_json::from_str(method.example).unwrap_or_default();
    let example: Vec<_> = method
        .params
        .iter()
        .zip(values)
        .map(|(name, value)| json!({ "name": name, "value": value }))
        .collect();
    let result = (method.result_schema)(schemas).to_value();
    let mut it = Map::new();
    it.insert("name".into(), method.name.into());
    it.insert("summary".into(), method.summary.into());
    it.insert("paramStructure".into(), "either".into());
    it.insert("params".into(), params.into());
    it.insert(
        "examples".into(),
        json!([{ "name": "a call", "params": example }]),
    );
    if method.is_unsafe {
        it.insert("x-unsafe".into(), true.into());
    }
    match method.kind {
        Kind::Subscription {
            notification,
            unsubscribe,
        } => {
            it.insert(
                "result".into(),
                json!({ "name": "subscription", "schema": { "type": ["string", "integer"] } }),
            );
            it.insert(
                "x-notification".into(),
                json!({ "name": notification, "schema": result }),
            );
            it.insert("x-unsubscribe".into(), unsubscribe.into());
        }
        _ => {
            it.insert(
                "result".into(),
                json!({ "name": "result", "schema": result }),
            );
        }
    }
    it.into()
}
