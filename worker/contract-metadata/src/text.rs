//! What messages repeat of what they were given: as much as helps, and no more.

pub(crate) use pink_echo::{shortened, MOST_ECHOED};

/// Input as [`shortened`] gives it without quotes, for what is a name and can be told from the sentence around it.
pub(crate) fn bare(name: &str) -> String {
    shortened(name).replace('"', "")
}

/// Names for people. A contract may have more of them, and longer ones, than anybody reads.
pub(crate) fn list<'n>(names: impl Iterator<Item = &'n str>) -> String {
    const MOST: usize = 40;
    let mut rest = names;
    let first: Vec<_> = rest.by_ref().take(MOST).map(clipped).collect();
    match rest.count() {
        0 => first.join(", "),
        more => format!("{} and {more} more", first.join(", ")),
    }
}

/// A name of the metadata: itself, but for its end if it is longer than names are.
fn clipped(name: &str) -> String {
    match name.char_indices().nth(MOST_ECHOED) {
        Some((at, _)) => format!("{}…", name.get(..at).unwrap_or_default()),
        None => name.into(),
    }
}

/// The name that was meant, if one is like it.
pub(crate) fn closest<'n>(name: &str, known: impl Iterator<Item = &'n str>) -> Option<String> {
    /// More edits make another word.
    const MOST_EDITS: usize = 3;
    let name: String = name.chars().take(MOST_ECHOED).collect();
    // A longer one is no typing error away.
    let known = known.filter(|known| known.len() <= 2 * MOST_ECHOED);
    let near = known.map(|known| (strsim::damerau_levenshtein(&name, known), known));
    let (edits, known) = near.min()?;
    let like = edits <= MOST_EDITS && edits.saturating_mul(2) < known.chars().count();
    like.then(|| known.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_repeated_is_bounded() {
        let long = "é".repeat(1_000);
        let names = vec![long.as_str(); 1_000];
        let listed = list(names.into_iter());
        assert!(listed.ends_with(" and 960 more"), "{listed}");
        assert!(listed.chars().count() < 40 * 130);
        assert_eq!(list(["a", "b"].into_iter()), "a, b");
    }

    #[test]
    fn a_mistyped_name_is_recognised() {
        let known = || ["transfer", "transfer_from", "approve"].into_iter();
        assert_eq!(closest("tranfser", known()).as_deref(), Some("transfer"));
        assert_eq!(closest("burn", known()), None);
        // All of a short word is a few edits.
        assert_eq!(closest("abc", ["xyz"].into_iter()), None);
        assert_eq!(closest(&"x".repeat(1_000_000), known()), None);
    }
}
