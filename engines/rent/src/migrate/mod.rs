//! Taking over the state of an older version.

use crate::{
    state::SCHEDULE,
    versions::{Rules, Schedule},
};
use pink_engine_sdk::{
    types::{Effect, Event, Failure, Receipt, Upgrade, Version},
    Overlay, VERSION_KEY,
};

/// The records are the same in all versions of the era; a newer one brings its schedule, so that
/// all code is instrumented again when it is loaded next.
pub(crate) fn upgrade(
    state: &mut Overlay<'_>,
    rules: &'static Rules,
    message: &Upgrade,
) -> Receipt {
    let ours = rules.version;
    let stored: Option<Version> = state.get_as(VERSION_KEY);
    let current: Option<Schedule> = state.get_as(SCHEDULE);
    let supported = rules.upgrades_from.contains(&message.from) && stored == Some(message.from);
    let (true, Some(current)) = (supported, current) else {
        let found = stored.map_or_else(|| "no cluster".into(), |version| version.to_string());
        let detail = format!("{ours} can't take over {found} as {}", message.from);
        return Receipt {
            effects: vec![Effect::UpgradeFailed],
            ..Receipt::rejected(Failure::new("UnsupportedUpgradePath", detail))
        };
    };
    let version = current
        .version
        .saturating_add(1)
        .max(rules.schedule.version);
    let schedule = Schedule {
        version,
        ..rules.schedule.clone()
    };
    state.put_as(SCHEDULE, &schedule);
    state.put_as(VERSION_KEY, &ours);
    Receipt {
        events: vec![
            Event::ScheduleUpdated { version },
            Event::Upgraded {
                from: message.from,
                to: ours,
            },
        ],
        ..Receipt::free()
    }
}
