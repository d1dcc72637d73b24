//! Which way a value goes, and what that makes of a change.

use super::Rule;

/// Which way a value goes, seen from a client.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Direction {
    /// From clients: fewer allowed values break them.
    Sent,
    /// To clients: more possible values break them.
    Received,
    /// In a condition, such as below `not`: fewer and more both may break.
    Condition,
}

impl Direction {
    pub(super) fn turned(self) -> Self {
        match self {
            Self::Sent => Self::Received,
            Self::Received => Self::Sent,
            Self::Condition => Self::Condition,
        }
    }
}

/// What a change does to the set of values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Effect {
    /// Fewer values.
    Narrowed,
    /// More values.
    Widened,
    /// Other values, or nobody can tell.
    Changed,
}

/// What of a schema changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Aspect {
    Type,
    Format,
    Values,
    Bounds,
    Additional,
    Variants,
}

/// The rule for a change of a schema.
pub(super) fn rule(aspect: Aspect, effect: Effect, direction: Direction) -> Rule {
    use Aspect as A;
    use Rule as R;
    // Sent and narrowed, sent and widened, received and narrowed, received and widened, changed.
    let [
        sent_less,
        sent_more,
        received_less,
        received_more,
        sent_other,
        received_other,
    ] = match aspect {
        A::Type => [
            R::RequestTypeNarrowed,
            R::RequestTypeWidened,
            R::ResponseTypeNarrowed,
            R::ResponseTypeWidened,
            R::RequestTypeChanged,
            R::ResponseTypeChanged,
        ],
        A::Format => [
            R::RequestFormatNarrowed,
            R::RequestFormatWidened,
            R::ResponseFormatNarrowed,
            R::ResponseFormatWidened,
            R::RequestFormatChanged,
            R::ResponseFormatChanged,
        ],
        A::Values => [
            R::RequestValueRemoved,
            R::RequestValueAdded,
            R::ResponseValueRemoved,
            R::ResponseValueAdded,
            R::RequestValueRemoved,
            R::ResponseValueAdded,
        ],
        A::Bounds => [
            R::RequestBoundTightened,
            R::RequestBoundLoosened,
            R::ResponseBoundTightened,
            R::ResponseBoundLoosened,
            R::RequestBoundChanged,
            R::ResponseBoundChanged,
        ],
        A::Additional => [
            R::RequestAdditionalNarrowed,
            R::RequestAdditionalWidened,
            R::ResponseAdditionalNarrowed,
            R::ResponseAdditionalWidened,
            R::RequestAdditionalNarrowed,
            R::ResponseAdditionalWidened,
        ],
        A::Variants => [
            R::RequestVariantRemoved,
            R::RequestVariantAdded,
            R::ResponseVariantRemoved,
            R::ResponseVariantAdded,
            R::RequestVariantRemoved,
            R::ResponseVariantAdded,
        ],
    };
    match (direction, effect) {
        (Direction::Condition, _) => R::ConditionChanged,
        (Direction::Sent, Effect::Narrowed) => sent_less,
        (Direction::Sent, Effect::Widened) => sent_more,
        (Direction::Sent, Effect::Changed) => sent_other,
        (Direction::Received, Effect::Narrowed) => received_less,
        (Direction::Received, Effect::Widened) => received_more,
        (Direction::Received, Effect::Changed) => received_other,
    }
}
