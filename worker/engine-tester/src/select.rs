use crate::check::Check;
use regex::Regex;

/// Which checks to run.
#[derive(Clone, Debug, Default)]
pub enum Selection {
    /// All that apply.
    #[default]
    All,
    /// The one of this name.
    Name(&'static str),
    /// Those whose name matches.
    Matching(Regex),
}

/// Why there is nothing to run.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SelectionError {
    /// No check has such a name.
    #[error("no check is called {text:?}, and none matches it as a pattern; see --list")]
    Nothing {
        /// What was asked for.
        text: String,
    },
    /// It is neither a name nor a pattern.
    #[error("{text:?} is no check's name and no pattern: {reason}")]
    BadPattern {
        /// What was asked for.
        text: String,
        /// What the parser said.
        reason: String,
    },
}

impl Selection {
    /// The check of this name, or those that match it as a regular expression.
    ///
    /// # Errors
    /// There is no such check.
    pub fn parse(text: &str) -> Result<Self, SelectionError> {
        let checks = crate::checks();
        if let Some(check) = checks.iter().find(|check| check.name == text) {
            return Ok(Self::Name(check.name));
        }
        let pattern = Regex::new(text).map_err(|error| SelectionError::BadPattern {
            text: text.into(),
            reason: error.to_string(),
        })?;
        if checks.iter().any(|check| pattern.is_match(check.name)) {
            Ok(Self::Matching(pattern))
        } else {
            Err(SelectionError::Nothing { text: text.into() })
        }
    }

    /// Whether a check is to be run.
    pub fn has(&self, check: &Check) -> bool {
        match self {
            Self::All => true,
            Self::Name(name) => check.name == *name,
            Self::Matching(pattern) => pattern.is_match(check.name),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_that_check_alone_and_a_pattern_is_many() {
        let chosen = |text| {
            let selection = Selection::parse(text).unwrap();
            crate::checks()
                .iter()
                .filter(|it| selection.has(it))
                .count()
        };
        assert_eq!(chosen("note"), 1, "and not entry-note as well");
        assert!(chosen("^entry-") > 3);
        assert!(matches!(
            Selection::parse("no-such-check"),
            Err(SelectionError::Nothing { .. })
        ));
        assert!(matches!(
            Selection::parse("("),
            Err(SelectionError::BadPattern { .. })
        ));
    }
}
