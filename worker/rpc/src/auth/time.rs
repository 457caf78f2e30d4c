//! Minutes of the Unix epoch as people read them: `2026-11-27T12:00Z`.

const MS_PER_MINUTE: u64 = 60_000;

/// Reads a time; milliseconds of the Unix epoch. None if it isn't written as above, or is before 1970.
pub(super) fn parse(text: &str) -> Option<u64> {
    let bytes = text.as_bytes();
    let marks = [(4, b'-'), (7, b'-'), (10, b'T'), (13, b':'), (16, b'Z')];
    if bytes.len() != 17 || marks.iter().any(|(at, mark)| bytes.get(*at) != Some(mark)) {
        return None;
    }
    let number = |from: usize, to: usize| -> Option<i64> {
        let digits = text.get(from..to)?;
        let plain = digits.bytes().all(|digit| digit.is_ascii_digit());
        plain.then(|| digits.parse().ok()).flatten()
    };
    let (year, month, day) = (number(0, 4)?, number(5, 7)?, number(8, 10)?);
    let (hour, minute) = (number(11, 13)?, number(14, 16)?);
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days_of = match month {
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        1..=12 => 31,
        _ => return None,
    };
    if !(1..=days_of).contains(&day) || hour > 23 || minute > 59 {
        return None;
    }
    let minutes = (days(year, month, day) * 24 + hour) * 60 + minute;
    u64::try_from(minutes).ok()?.checked_mul(MS_PER_MINUTE)
}

/// Days from 1970-01-01 to a day of the Gregorian calendar, counted in years that begin in March, so that a leap
/// day is a year's last.
fn days(year: i64, month: i64, day: i64) -> i64 {
    let (year, month) = match month {
        1 | 2 => (year - 1, month + 9),
        month => (year, month - 3),
    };
    let (era, of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let of_year = (153 * month + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    /// By `date -u -d … +%s`.
    #[test]
    fn times_are_those_of_the_calendar() {
        for (text, seconds) in [
            ("1970-01-01T00:00Z", 0),
            ("2000-02-29T23:59Z", 951_868_740),
            ("2026-11-27T12:00Z", 1_795_780_800),
            ("2100-03-01T00:00Z", 4_107_542_400),
        ] {
            assert_eq!(parse(text), Some(seconds * 1_000), "{text}");
        }
        for wrong in [
            "",
            "2026-11-27",
            "2026-11-27T12:00",
            "2026-02-29T12:00Z",
            "2026-13-01T12:00Z",
            "2026-11-27T24:00Z",
            "2026-11-27T12:60Z",
            "2026-11-00T12:00Z",
            "+026-11-27T12:00Z",
            "1969-12-31T23:59Z",
            "2026-11-27t12:00Z",
            "2026-11-27T12:0é",
        ] {
            assert_eq!(parse(wrong), None, "{wrong}");
        }
    }
}
