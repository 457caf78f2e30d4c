//! How many calls an address may make: a token bucket for each, in a table that doesn't grow.

use crate::config::RateLimit;
use std::{
    collections::BTreeMap,
    net::{IpAddr, Ipv6Addr},
    sync::{Mutex, PoisonError, RwLock},
    time::Instant,
};

/// Addresses that are remembered. Who is behind that shares one bucket with all others who are.
const MAX_ADDRESSES: usize = 16_384;

/// The bits of an IPv6 address that tell one customer from another.
const CUSTOMER_BITS: u32 = 64;

const NANOS_PER_MINUTE: u128 = 60_000_000_000;

/// How much is in a bucket, in calls times [`NANOS_PER_MINUTE`], and since when.
#[derive(Clone, Copy, Debug)]
struct Bucket {
    level: u128,
    at: Instant,
}

/// The buckets.
#[derive(Debug)]
pub(crate) struct Rates {
    limit: RwLock<RateLimit>,
    trusts_proxy: bool,
    most_addresses: usize,
    buckets: Mutex<BTreeMap<Option<IpAddr>, Bucket>>,
}

impl Rates {
    pub(crate) fn new(limit: RateLimit) -> Self {
        Self {
            trusts_proxy: limit.trust_proxy,
            limit: RwLock::new(limit),
            most_addresses: MAX_ADDRESSES,
            buckets: Mutex::default(),
        }
    }

    pub(crate) fn trusts_proxy(&self) -> bool {
        self.trusts_proxy
    }

    /// From now on it is this limit. Whose word is taken for who asks stays.
    pub(crate) fn set(&self, limit: RateLimit) {
        *self.limit.write().unwrap_or_else(PoisonError::into_inner) = limit;
    }

    /// Whether an address may make a call now, which is counted then.
    pub(crate) fn take(&self, from: IpAddr, now: Instant) -> bool {
        let limit = self.limit.read().unwrap_or_else(PoisonError::into_inner);
        let Some(calls) = limit.calls_per_minute else {
            return true;
        };
        if limit.free.iter().any(|net| net.contains(&from)) {
            return true;
        }
        let full = u128::from(calls).saturating_mul(NANOS_PER_MINUTE);
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        let filled = |bucket: &Bucket| {
            let since = now.saturating_duration_since(bucket.at).as_nanos();
            let more = since.saturating_mul(calls.into());
            bucket.level.saturating_add(more).min(full)
        };
        let mut key = Some(customer(from));
        if !buckets.contains_key(&key) && buckets.len() >= self.most_addresses {
            // Who made no call for a minute is as one who never came.
            buckets.retain(|_, bucket| filled(bucket) < full);
            if buckets.len() >= self.most_addresses {
                key = None;
            }
        }
        let bucket = buckets.entry(key).or_insert(Bucket {
            level: full,
            at: now,
        });
        let level = filled(bucket);
        let left = level.checked_sub(NANOS_PER_MINUTE);
        *bucket = Bucket {
            level: left.unwrap_or(level),
            at: now,
        };
        left.is_some()
    }
}

/// Who an address belongs to.
fn customer(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => {
            let shift = 128u32.saturating_sub(CUSTOMER_BITS);
            let mask = u128::MAX.checked_shl(shift).unwrap_or(0);
            Ipv6Addr::from_bits(address.to_bits() & mask).into()
        }
        address => address,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{net::Ipv4Addr, time::Duration};

    fn rates(calls: u32) -> Rates {
        Rates::new(RateLimit {
            calls_per_minute: Some(calls),
            free: vec!["10.0.0.0/8".parse().unwrap()],
            trust_proxy: false,
        })
    }

    #[test]
    fn a_bucket_empties_and_fills() {
        let rates = rates(60);
        let (a, b) = (
            Ipv4Addr::new(1, 2, 3, 4).into(),
            Ipv4Addr::new(1, 2, 3, 5).into(),
        );
        let start = Instant::now();
        for _ in 0..60 {
            assert!(rates.take(a, start));
        }
        assert!(!rates.take(a, start));
        assert!(rates.take(b, start), "another one has his own");
        // One a second comes back.
        let later = start + Duration::from_millis(2_500);
        assert!(rates.take(a, later));
        assert!(rates.take(a, later));
        assert!(!rates.take(a, later));
        for _ in 0..1_000 {
            assert!(rates.take(Ipv4Addr::new(10, 0, 0, 1).into(), start));
        }
    }

    #[test]
    fn another_limit_counts_at_once() {
        let rates = rates(1);
        let (a, now) = (Ipv4Addr::new(1, 2, 3, 4).into(), Instant::now());
        assert!(rates.take(a, now) && !rates.take(a, now));
        rates.set(RateLimit::default());
        assert!(rates.take(a, now) && rates.take(a, now));
        rates.set(RateLimit {
            calls_per_minute: Some(2),
            ..RateLimit::default()
        });
        let other = Ipv4Addr::new(10, 0, 0, 1).into();
        let taken: Vec<_> = (0..3).map(|_| rates.take(other, now)).collect();
        assert_eq!(
            taken,
            [true, true, false],
            "its network isn't free any more"
        );
    }

    #[test]
    fn one_network_is_one_customer() {
        let rates = rates(1);
        let of = |text: &str| text.parse::<IpAddr>().unwrap();
        let now = Instant::now();
        assert!(rates.take(of("2001:db8::1"), now));
        assert!(!rates.take(of("2001:db8::2"), now));
        assert!(rates.take(of("2001:db8:0:1::1"), now));
        assert!(rates.take(of("1.1.1.1"), now));
        assert!(!rates.take(of("::ffff:1.1.1.1"), now));
    }

    #[test]
    fn the_table_doesnt_grow() {
        let rates = Rates {
            most_addresses: 3,
            ..rates(1)
        };
        let of = |last: u8| IpAddr::from([1, 1, 1, last]);
        let now = Instant::now();
        let taken = (0..200).filter(|last| rates.take(of(*last), now)).count();
        assert_eq!(
            taken, 4,
            "three with buckets of their own, and one for all others"
        );
        assert_eq!(rates.buckets.lock().unwrap().len(), 4);
        // When all are full again there is place.
        let later = now + Duration::from_secs(61);
        assert!(rates.take(of(201), later));
        assert_eq!(rates.buckets.lock().unwrap().len(), 1);
    }
}
