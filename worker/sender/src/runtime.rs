//! A chain's runtime, as its metadata describes it: how calls are encoded and signed for it, and what its events say.

use crate::{
    call::{call_index, Call, PALLET},
    error::Error,
    event::ChainEvent,
    key::Key,
    rpc::{Head, Rpc, RuntimeVersion},
};
use fat_contracts_primitives::{BlockNumber, Hash};
use parity_scale_codec::Decode;
use sp_crypto_hashing::blake2_256;
use std::sync::Arc;
use subxt::{
    client::{OfflineClient, OfflineClientAtBlock},
    config::{
        substrate::{SpecVersionForRange, SubstrateConfig},
        transaction_extensions::CheckMortality,
        DefaultExtrinsicParamsBuilder,
    },
    error::DispatchError,
    events::Phase,
    ext::{
        scale_encode::EncodeAsType,
        scale_value::{scale::decode_as_type, Composite, Primitive, ValueDef},
    },
    utils::{Era, H256},
    Metadata,
};
use subxt::{dynamic::Value, transactions::dynamic};

/// The pallets that every runtime has.
const SYSTEM: &str = "System";

/// The longest mortality whose first block is the one that is named: longer ones are rounded.
const MAX_MORTALITY: u32 = 4_096;

/// An extrinsic that is signed. Until a block number it may be taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Signed {
    pub(crate) hash: Hash,
    pub(crate) bytes: Arc<[u8]>,
    /// `None` if an earlier run of the program signed it, and it can't be read.
    pub(crate) nonce: Option<u64>,
    pub(crate) until: BlockNumber,
}

/// A chain's runtime of one version.
#[derive(Clone, Debug)]
pub(crate) struct Runtime {
    pub(crate) version: RuntimeVersion,
    /// The BLAKE2b-256 of its metadata.
    pub(crate) metadata: Hash,
    client: OfflineClientAtBlock<SubstrateConfig>,
}

/// What became of an extrinsic in its block.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub(crate) events: Vec<ChainEvent>,
    /// What the call failed with.
    pub(crate) error: Option<String>,
}

impl Runtime {
    /// Of a block's state.
    pub(crate) async fn of(rpc: &Rpc, at: Hash, genesis: Hash) -> Result<Self, Error> {
        let version = rpc.version(at).await?;
        let metadata = rpc.metadata(at).await?;
        Self::new(version, &metadata, genesis)
    }

    pub(crate) fn new(
        version: RuntimeVersion,
        metadata: &[u8],
        genesis: Hash,
    ) -> Result<Self, Error> {
        let unsupported = |reason: String| Error::Unsupported {
            what: "metadata".into(),
            reason,
        };
        let hash = Hash::from(blake2_256(metadata));
        let metadata = Metadata::decode_from(metadata).map_err(|it| unsupported(it.to_string()))?;
        let config = SubstrateConfig::builder()
            .set_genesis_hash(H256(genesis.0))
            .set_metadata_for_spec_versions([(version.spec_version, metadata.arc())])
            .set_spec_version_for_block_ranges([SpecVersionForRange {
                block_range: 0..u64::MAX,
                spec_version: version.spec_version,
                transaction_version: version.transaction_version,
            }])
            .build();
        let client = OfflineClient::new_with_config(config).at_block(0u32);
        let client = client.map_err(|it| unsupported(it.to_string()))?;
        Ok(Self {
            version,
            metadata: hash,
            client,
        })
    }

    /// Compares a call with what the chain has, argument by argument, and gives its encoding.
    pub(crate) fn encode(&self, call: &Call) -> Result<Vec<u8>, Error> {
        let Call {
            pallet,
            name,
            arguments,
            bytes: known,
        } = call;
        let unsupported = |what: String, reason: String| Error::Unsupported { what, reason };
        let metadata = self.client.metadata_ref();
        let found = metadata
            .pallet_by_name(pallet)
            .ok_or_else(|| unsupported(format!("pallet {pallet}"), "it hasn't got it".into()))?;
        let variant = found.call_variant_by_name(name).ok_or_else(|| {
            unsupported(format!("call {pallet}.{name}"), "it hasn't got it".into())
        })?;
        let known_index = match *pallet {
            PALLET => call_index(name),
            _ => None,
        };
        if let Some(expected) = known_index.filter(|it| *it != variant.index) {
            let reason = format!("it has the index {}, expected {expected}", variant.index);
            return Err(unsupported(format!("call {pallet}.{name}"), reason));
        }
        let of = |argument: &str| format!("argument `{argument}` of {pallet}.{name}");
        for (given, _) in arguments {
            let known = |it: &str| it == given;
            if !variant
                .fields
                .iter()
                .any(|it| it.name.as_deref().is_some_and(known))
            {
                return Err(unsupported(of(given), "it hasn't got it".into()));
            }
        }
        let mut encoded = vec![found.call_index(), variant.index];
        for field in &variant.fields {
            let wanted = field.name.as_deref().unwrap_or_default();
            let given = arguments.iter().find(|(it, _)| it == wanted);
            let Some((_, value)) = given else {
                return Err(unsupported(of(wanted), "this program gives none".into()));
            };
            let bytes = value
                .encode_as_type(field.ty.id, metadata.types())
                .map_err(|error| unsupported(of(wanted), error.to_string()))?;
            // What the chain's type has no place for would be left out in silence.
            let back = decode_as_type(&mut &*bytes, field.ty.id, metadata.types())
                .map_err(|error| unsupported(of(wanted), error.to_string()))?;
            if plain(back.remove_context()) != plain(value.clone()) {
                let reason = "it has another shape there, in which something would be lost";
                return Err(unsupported(of(wanted), reason.into()));
            }
            encoded.extend(bytes);
        }
        // Names alone don't tell: fields of one type may have changed places.
        if known
            .as_ref()
            .is_some_and(|known| encoded[2..] != known[..])
        {
            let what = format!("arguments of {pallet}.{name}");
            return Err(unsupported(what, "they have another form there".into()));
        }
        Ok(encoded)
    }

    /// Signs a call, with mortality from a block on. If that is older than the newest one that is known to be final, it is
    /// perhaps another one than it is said to be: what is signed isn't believed to be over any earlier.
    pub(crate) fn sign(
        &self,
        call: &Call,
        key: &Key,
        nonce: u64,
        from: &Head,
        mortality: u32,
        newest: BlockNumber,
    ) -> Result<Signed, Error> {
        self.encode(call)?;
        let mortality = mortality
            .checked_next_power_of_two()
            .unwrap_or(MAX_MORTALITY)
            .clamp(4, MAX_MORTALITY);
        let params = DefaultExtrinsicParamsBuilder::<SubstrateConfig>::new()
            .nonce(nonce)
            .tip(0)
            .mortal_from_unchecked(mortality.into(), from.number.into(), H256(from.hash.0))
            .build();
        let payload = dynamic(
            call.pallet,
            call.name,
            Composite::Named(call.arguments.clone()),
        );
        let transactions = self.client.transactions();
        let signed = transactions
            .create_signable_offline(&payload, params)
            .and_then(|mut it| it.sign(key.pair()));
        let signed = signed.map_err(|error| Error::Unsupported {
            what: "extrinsics".into(),
            reason: error.to_string(),
        })?;
        let bytes: Arc<[u8]> = signed.encoded().into();
        Ok(Signed {
            hash: Hash::from(blake2_256(&bytes)),
            bytes,
            nonce: Some(nonce),
            until: from.number.max(newest).saturating_add(mortality - 1),
        })
    }

    /// What of these extrinsics an account signed: each one's call, and for how long it may be taken. `now`: the best
    /// block. What can't be read isn't ours.
    pub(crate) async fn signed_by(
        &self,
        key: &Key,
        extrinsics: Vec<Vec<u8>>,
        now: BlockNumber,
    ) -> Vec<(Vec<u8>, Signed)> {
        let account: &[u8; 32] = key.account().as_ref();
        let address = [&[0][..], account].concat();
        let mut ours = Vec::new();
        for bytes in extrinsics {
            let alone = self.client.extrinsics().from_bytes(vec![bytes]).await;
            let Some(Ok(extrinsic)) = alone.iter().next() else {
                continue;
            };
            if extrinsic.address_bytes() != Some(&address) {
                continue;
            }
            let extensions = extrinsic.transaction_extensions();
            let nonce = extensions.as_ref().and_then(|it| it.nonce());
            let era = extensions
                .and_then(|it| it.find::<CheckMortality<SubstrateConfig>>())
                .and_then(Result::ok);
            let bytes: Arc<[u8]> = extrinsic.bytes().into();
            ours.push((
                extrinsic.call_data_bytes().to_vec(),
                Signed {
                    hash: Hash::from(blake2_256(&bytes)),
                    bytes,
                    nonce,
                    until: era.map_or(BlockNumber::MAX, |it| death(it, now)),
                },
            ));
        }
        ours
    }

    /// What the events of a block say about one of its extrinsics.
    pub(crate) fn outcome(&self, events: Vec<u8>, index: u32) -> Result<Outcome, Error> {
        let unsupported = |reason: String| Error::Unsupported {
            what: "events".into(),
            reason,
        };
        let mut outcome = Outcome {
            events: Vec::new(),
            error: None,
        };
        let events = self.client.events().from_bytes(events);
        for event in events.iter() {
            let event = event.map_err(|it| unsupported(it.to_string()))?;
            if event.phase() != Phase::ApplyExtrinsic(index) {
                continue;
            }
            let (pallet, name) = (event.pallet_name(), event.event_name());
            if (pallet, name) == (SYSTEM, "ExtrinsicFailed") {
                let metadata = self.client.metadata();
                let error = DispatchError::decode_from(event.field_bytes(), metadata);
                outcome.error = Some(match error {
                    Ok(DispatchError::Module(module)) => module.to_string(),
                    Ok(error) => error.to_string(),
                    Err(error) => error.to_string(),
                });
            }
            let fields: Composite<()> = event
                .decode_fields_unchecked_as()
                .map_err(|it| unsupported(it.to_string()))?;
            outcome.events.push(ChainEvent {
                pallet: pallet.into(),
                name: name.into(),
                fields: match fields {
                    Composite::Named(fields) => fields,
                    Composite::Unnamed(fields) => {
                        fields.into_iter().map(|it| (String::new(), it)).collect()
                    }
                },
            });
        }
        Ok(outcome)
    }

    /// A constant of a pallet.
    pub(crate) fn constant<T: Decode>(&self, pallet: &str, name: &str) -> Result<T, Error> {
        let unsupported = |reason: String| Error::Unsupported {
            what: format!("constant {pallet}.{name}"),
            reason,
        };
        let metadata = self.client.metadata_ref();
        let found = metadata
            .pallet_by_name(pallet)
            .and_then(|it| it.constant_by_name(name))
            .ok_or_else(|| unsupported("it hasn't got it".into()))?;
        T::decode(&mut found.value()).map_err(|it| unsupported(it.to_string()))
    }
}

/// The last block in which a transaction of an era may be.
fn death(era: Era, now: BlockNumber) -> BlockNumber {
    match era {
        Era::Immortal => BlockNumber::MAX,
        Era::Mortal { period, phase } => {
            let now = u64::from(now).max(phase);
            let birth = (now - phase) / period.max(1) * period + phase;
            BlockNumber::try_from((birth + period).saturating_sub(1)).unwrap_or(BlockNumber::MAX)
        }
    }
}

/// A value without the wrappers of one field that types put around others, and with its names in order.
fn plain(value: Value) -> Value {
    let value = match value.value {
        ValueDef::Composite(it) => return plain_composite(it),
        ValueDef::Variant(mut it) => {
            it.values = match it.values {
                Composite::Named(fields) => {
                    let mut fields: Vec<_> = named(fields).collect();
                    fields.sort_by(|a, b| a.0.cmp(&b.0));
                    Composite::Named(fields)
                }
                Composite::Unnamed(fields) => {
                    Composite::Unnamed(fields.into_iter().map(plain).collect())
                }
            };
            ValueDef::Variant(it)
        }
        // The one is the other, if it fits.
        ValueDef::Primitive(Primitive::I128(it)) if it >= 0 => {
            ValueDef::Primitive(Primitive::U128(it.unsigned_abs()))
        }
        other => other,
    };
    Value { value, context: () }
}

fn plain_composite(it: Composite<()>) -> Value {
    match it {
        Composite::Named(fields) => {
            let mut fields: Vec<_> = named(fields).collect();
            if fields.len() == 1 {
                return fields.remove(0).1;
            }
            fields.sort_by(|a, b| a.0.cmp(&b.0));
            Value::named_composite(fields)
        }
        Composite::Unnamed(fields) => {
            let mut fields: Vec<_> = fields.into_iter().map(plain).collect();
            match fields.len() {
                1 => fields.remove(0),
                _ => Value::unnamed_composite(fields),
            }
        }
    }
}

fn named(fields: Vec<(String, Value)>) -> impl Iterator<Item = (String, Value)> {
    fields.into_iter().map(|(name, value)| (name, plain(value)))
}
