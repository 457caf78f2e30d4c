//! What can be altered of an answer.

use serde_json::Value;

/// Everything of an answer that can be altered in a way that JSON knows: one digit of a text, one number.
pub(crate) fn places(value: &Value, at: String, all: &mut Vec<(String, usize)>) {
    match value {
        Value::String(text) => all.extend((2..text.len()).map(|digit| (at.clone(), digit))),
        Value::Number(_) => all.push((at, 0)),
        Value::Array(list) => {
            for (index, value) in list.iter().enumerate() {
                places(value, format!("{at}/{index}"), all);
            }
        }
        Value::Object(fields) => {
            for (name, value) in fields {
                places(value, format!("{at}/{name}"), all);
            }
        }
        _ => {}
    }
}

/// Alters what is at a place.
pub(crate) fn alter(value: &mut Value, (at, digit): &(String, usize)) {
    let Some(value) = value.pointer_mut(at) else {
        return;
    };
    *value = match &*value {
        Value::String(text) => {
            let mut bytes = text.clone().into_bytes();
            bytes[*digit] = match bytes[*digit] {
                b'0' => b'1',
                b'f' => b'e',
                b'9' => b'a',
                other => other + 1,
            };
            Value::String(String::from_utf8(bytes).expect("digits"))
        }
        Value::Number(number) => (number.as_u64().expect("a byte") ^ 1).into(),
        other => other.clone(),
    };
}
