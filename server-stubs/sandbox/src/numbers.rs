//! Numbers of versions, of agents and of templates.

use exai_server::ApiError;
use semver::Version;

use crate::world::refused;

/// 422 unless a number is one, and higher than another (Semantic Versioning 2.0.0, section 11).
pub(crate) fn rises(wanted: &str, newest: &str) -> Result<(), ApiError> {
    if number(wanted)? > number(newest)? {
        return Ok(());
    }
    let message = format!("{wanted} is not higher than {newest}");
    Err(refused("/version", "minimum", message))
}

/// A number as it sorts; 422 for what only looks like one: `1.02.0`.
pub(crate) fn number(text: &str) -> Result<Version, ApiError> {
    Version::parse(text).map_err(|error| refused("/version", "format", error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_release_is_higher_than_what_came_before_it() {
        for (wanted, newest) in [("1.10.0", "1.9.9"), ("1.0.0", "1.0.0-rc.1")] {
            assert!(rises(wanted, newest).is_ok());
            assert!(rises(newest, wanted).is_err());
            assert!(rises(wanted, wanted).is_err());
        }
        assert!(number("1.02.0").is_err());
    }
}
