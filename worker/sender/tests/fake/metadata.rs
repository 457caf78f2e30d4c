//! The metadata of a chain with few pallets, in the form that FRAME gives it.

use fat_contracts_primitives::{AccountId, Checkpoint, Hash, ParkCause};
use parity_scale_codec::{Compact, Encode};
use scale_info::{meta_type, TypeInfo};
use sp_runtime::{generic::Era, DispatchError, MultiAddress, MultiSignature};
use subxt::ext::frame_metadata::{
    v14, v15, RuntimeMetadata, RuntimeMetadataPrefixed, META_RESERVED,
};

#[derive(Encode, TypeInfo)]
#[allow(non_camel_case_types)]
pub enum SystemCall {
    remark { remark: Vec<u8> },
}

#[derive(Encode, TypeInfo)]
#[allow(non_camel_case_types)]
pub enum ContractsCall {
    #[codec(index = 12)]
    register_worker { worker: AccountId },
    #[codec(index = 13)]
    announce_engines { engines: Few<Hash> },
    #[codec(index = 16)]
    acknowledge {
        cluster: u64,
        checkpoints: Vec<Checkpoint>,
    },
    #[codec(index = 18)]
    report_parked {
        cluster: u64,
        block: u32,
        seq: u64,
        cause: ParkCause,
        as_of: u32,
    },
}

/// As `BoundedVec`, which is a wrapper of one field.
#[derive(Encode, TypeInfo)]
pub struct Few<T>(pub Vec<T>);

#[derive(Encode, TypeInfo)]
pub enum Call {
    #[codec(index = 0)]
    System(SystemCall),
    #[codec(index = 4)]
    FatContracts(ContractsCall),
}

#[derive(Encode, TypeInfo)]
pub enum SystemEvent {
    ExtrinsicSuccess,
    ExtrinsicFailed { dispatch_error: DispatchError },
}

#[derive(Encode, TypeInfo)]
pub enum PaymentEvent {
    TransactionFeePaid {
        who: AccountId,
        actual_fee: u128,
        tip: u128,
    },
}

#[derive(Encode, TypeInfo)]
pub enum Event {
    #[codec(index = 0)]
    System(SystemEvent),
    #[codec(index = 2)]
    TransactionPayment(PaymentEvent),
}

#[derive(Encode, TypeInfo)]
pub enum ContractsError {
    NotMember,
    AmendedSince,
}

#[derive(TypeInfo)]
#[allow(dead_code)] // for its description alone
pub enum Error {
    #[codec(index = 4)]
    FatContracts(ContractsError),
}

#[derive(TypeInfo)]
struct Runtime;

/// Call index 5 in the place of 4, for a runtime that is newer.
#[derive(TypeInfo)]
#[allow(dead_code)] // for its description alone
pub enum NewerCall {
    #[codec(index = 0)]
    System(SystemCall),
    #[codec(index = 5)]
    FatContracts(ContractsCall),
}

/// The metadata, as `state_getMetadata` gives it. `index`: that of the contracts pallet.
pub fn metadata(index: u8) -> Vec<u8> {
    let extension = |identifier, ty, additional_signed| v15::SignedExtensionMetadata {
        identifier,
        ty,
        additional_signed,
    };
    let none = meta_type::<()>();
    let extensions = vec![
        extension("CheckSpecVersion", none, meta_type::<u32>()),
        extension("CheckTxVersion", none, meta_type::<u32>()),
        extension("CheckGenesis", none, meta_type::<Hash>()),
        extension("CheckMortality", meta_type::<Era>(), meta_type::<Hash>()),
        extension("CheckNonce", meta_type::<Compact<u32>>(), none),
        extension(
            "ChargeTransactionPayment",
            meta_type::<Compact<u128>>(),
            none,
        ),
    ];
    let call = match index {
        4 => meta_type::<Call>(),
        _ => meta_type::<NewerCall>(),
    };
    let pallet = |name, index, calls, event, error, constants| v15::PalletMetadata {
        name,
        storage: None,
        calls,
        event,
        constants,
        error,
        index,
        docs: Vec::new(),
    };
    let most = v14::PalletConstantMetadata {
        name: "MaxAnnounced",
        ty: meta_type::<u32>(),
        value: 2u32.encode(),
        docs: Vec::new(),
    };
    let whole = v15::RuntimeMetadataV15::new(
        vec![
            pallet(
                "System",
                0,
                Some(v14::PalletCallMetadata {
                    ty: meta_type::<SystemCall>(),
                }),
                Some(v14::PalletEventMetadata {
                    ty: meta_type::<SystemEvent>(),
                }),
                None,
                Vec::new(),
            ),
            pallet(
                "TransactionPayment",
                2,
                None,
                Some(v14::PalletEventMetadata {
                    ty: meta_type::<PaymentEvent>(),
                }),
                None,
                Vec::new(),
            ),
            pallet(
                "FatContracts",
                index,
                Some(v14::PalletCallMetadata {
                    ty: meta_type::<ContractsCall>(),
                }),
                None,
                Some(v14::PalletErrorMetadata {
                    ty: meta_type::<ContractsError>(),
                }),
                vec![most],
            ),
        ],
        v15::ExtrinsicMetadata {
            version: 4,
            address_ty: meta_type::<MultiAddress<AccountId, ()>>(),
            call_ty: call,
            signature_ty: meta_type::<MultiSignature>(),
            extra_ty: none,
            signed_extensions: extensions,
        },
        meta_type::<Runtime>(),
        Vec::new(),
        v15::OuterEnums {
            call_enum_ty: call,
            event_enum_ty: meta_type::<Event>(),
            error_enum_ty: meta_type::<Error>(),
        },
        v15::CustomMetadata {
            map: Default::default(),
        },
    );
    RuntimeMetadataPrefixed(META_RESERVED, RuntimeMetadata::V15(whole)).encode()
}
