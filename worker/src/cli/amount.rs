//! Amounts of money: given in the smallest unit or in units, and shown so that they can be given
//! back.

use super::values::ValueError;
use fat_contracts_primitives::Balance;

/// What people count in: 10^12 of the smallest unit.
const UNIT: Balance = 10u128.pow(12);

/// The digits after the point of a unit.
const DECIMALS: usize = UNIT.ilog10() as usize;

/// What an amount looks like.
const AMOUNT: &str = "an amount: digits (`_` may stand between them) for the smallest unit, like \
                      1_000_000, or units with a point and `u`, like 1.5u or \"1 unit\"";

/// Reads an amount: `1_000` of the smallest unit, or `1.5u`, `1.5 units` and `1 unit`, which are
/// of 10^12 of it.
///
/// # Errors
/// Anything else; more than 128 bits; a fraction of the smallest unit.
pub fn parse_amount(text: &str) -> Result<Balance, ValueError> {
    let wrong = || ValueError::new(AMOUNT, super::values::shortened(text));
    let too_large = || {
        let most = "an amount of at most 340282366920938463463374607431768211455 (128 bits)";
        ValueError::new(most, super::values::shortened(text))
    };
    let Some(number) = in_units(text) else {
        let digits = plain(text).ok_or_else(wrong)?;
        return digits.parse().map_err(|_| too_large());
    };
    let (whole, fraction) = match number.split_once('.') {
        Some((whole, fraction)) => (whole, plain(fraction).ok_or_else(wrong)?),
        None => (number, String::new()),
    };
    let whole: Balance = plain(whole)
        .ok_or_else(wrong)?
        .parse()
        .map_err(|_| too_large())?;
    let fraction = fraction.trim_end_matches('0');
    if fraction.len() > DECIMALS {
        let finest = "at most 12 digits after the point: that is the smallest unit";
        return Err(ValueError::new(finest, super::values::shortened(text)));
    }
    let smallest: Balance = format!("{fraction:0<DECIMALS$}")
        .parse()
        .map_err(|_| wrong())?;
    whole
        .checked_mul(UNIT)
        .and_then(|amount| amount.checked_add(smallest))
        .ok_or_else(too_large)
}

/// The number before the word for units, if there is one.
fn in_units(text: &str) -> Option<&str> {
    ["units", "unit", "u"]
        .into_iter()
        .find_map(|word| text.strip_suffix(word))
        .map(|number| number.strip_suffix(' ').unwrap_or(number))
}

/// Digits without the `_` between them.
fn plain(text: &str) -> Option<String> {
    let digits: String = text.chars().filter(|c| *c != '_').collect();
    let good = !digits.is_empty()
        && digits.bytes().all(|byte| byte.is_ascii_digit())
        && !text.starts_with('_')
        && !text.ends_with('_');
    good.then_some(digits)
}

/// An amount for people, as [`parse_amount`] reads it.
pub fn units(amount: Balance) -> String {
    let fraction = format!("{:0DECIMALS$}", amount % UNIT);
    match fraction.trim_end_matches('0') {
        "" => format!("{}u", amount / UNIT),
        fraction => format!("{}.{fraction}u", amount / UNIT),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn amounts_in_the_smallest_unit() {
        assert_eq!(parse_amount("1_000"), Ok(1_000));
        assert_eq!(parse_amount("0"), Ok(0));
        assert_eq!(parse_amount(&u128::MAX.to_string()), Ok(u128::MAX));
        for wrong in [
            "",
            "_",
            "_1",
            "1_",
            "-1",
            "+1",
            "1.5",
            "0x10",
            "１",
            "1e3",
            "340282366920938463463374607431768211456",
        ] {
            assert!(parse_amount(wrong).is_err(), "{wrong:?} was taken");
        }
    }

    #[test]
    fn amounts_in_units() {
        for (text, amount) in [
            ("1u", 1_000_000_000_000),
            ("1 unit", 1_000_000_000_000),
            ("2 units", 2_000_000_000_000),
            ("1_000units", 1_000_000_000_000_000),
            ("1.5u", 1_500_000_000_000),
            ("0.000_000_000_001u", 1),
            ("0.0000000000010000u", 1),
            ("0u", 0),
            ("340282366920938463463374607.431768211455u", u128::MAX),
        ] {
            assert_eq!(parse_amount(text), Ok(amount), "{text}");
        }
        for wrong in [
            "u",
            " u",
            ".5u",
            "1.u",
            "1.5.5u",
            "-1u",
            "1,5u",
            "1  unit",
            "1 U",
            "1uu",
            "1_u",
            "1._5u",
            "0.0000000000001u",
            "340282366920938463463374607.431768211456u",
            "340282366920938463463374608u",
        ] {
            assert!(parse_amount(wrong).is_err(), "{wrong:?} was taken");
        }
        assert_eq!(units(1_500_000_000_000), "1.5u");
        assert_eq!(units(1), "0.000000000001u");
        assert_eq!(units(0), "0u");
    }

    proptest! {
        /// What is shown can be given back, and is the number that it was.
        #[test]
        fn what_is_shown_is_what_is_read(amount: u128, small in 0u128..10_000_000_000_000) {
            for amount in [amount, small] {
                prop_assert_eq!(parse_amount(&units(amount)), Ok(amount));
                prop_assert_eq!(parse_amount(&amount.to_string()), Ok(amount));
            }
        }

        /// The point moves digits, and nothing else: the text's digits are the number's.
        #[test]
        fn the_point_stands_before_twelve_digits(whole in 0u64.., fraction in 0u64..1_000_000_000_000) {
            let text = format!("{whole}.{fraction:012}u");
            let digits = text.replace(['.', 'u'], "");
            let amount = parse_amount(&text).map(|amount| amount.to_string());
            let expected = digits.trim_start_matches('0');
            prop_assert_eq!(amount, Ok(if expected.is_empty() { "0".into() } else { expected.into() }));
        }

        #[test]
        fn no_text_makes_it_panic(text in "\\PC{0,40}") {
            let _ = parse_amount(&text);
        }
    }
}
