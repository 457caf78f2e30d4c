//! What a contract says about itself: reading it, and writing what is kept of it.

use crate::{version::version_of, MetadataError, Spec, Version};
use scale_info::{form::PortableForm, PortableRegistry, PortableType, Type, TypeDef};
use serde::Deserialize;
use serde_json::json;

/// The largest file that is read, in bytes: many times what the largest contracts have.
pub const MAX_METADATA_BYTES: usize = 16 << 20;

/// What a contract says about itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Metadata {
    version: Version,
    types: PortableRegistry,
    spec: Spec,
}

/// The parts of a file that describe the interface. The storage's layout isn't read.
#[derive(Deserialize)]
struct Interface {
    types: Vec<PortableType>,
    spec: Spec,
}

/// ink! 3 has them under one key.
#[derive(Deserialize)]
struct Ink3 {
    #[serde(rename = "V3")]
    interface: Interface,
}

impl Metadata {
    /// Reads metadata: a `.contract` or `.json` file, or what [`to_json`](Self::to_json) gave.
    ///
    /// # Errors
    /// It is no metadata, of another ink!, or contradicts itself.
    pub fn parse(json: &[u8]) -> Result<Self, MetadataError> {
        if json.len() > MAX_METADATA_BYTES {
            return Err(MetadataError::TooLarge { found: json.len() });
        }
        let (version, called) = version_of(json)?;
        let read = match version {
            Version::Ink3 => serde_json::from_slice::<Ink3>(json).map(|it| it.interface),
            Version::Ink4 | Version::Ink5 => serde_json::from_slice(json),
        };
        let Interface { types, spec } = read.map_err(|error| MetadataError::Malformed {
            version: called,
            reason: error.to_string(),
        })?;
        let metadata = Self {
            version,
            types: PortableRegistry { types },
            spec,
        };
        metadata.check_types()?;
        Ok(metadata)
    }

    /// The interface alone, to be kept. Smaller than the file, and [`parse`](Self::parse) makes the
    /// same of both.
    pub fn to_json(&self) -> Vec<u8> {
        let (types, spec) = (&self.types.types, &self.spec);
        let json = match self.version {
            Version::Ink3 => json!({ "V3": { "types": types, "spec": spec } }),
            Version::Ink4 => json!({ "version": "4", "types": types, "spec": spec }),
            Version::Ink5 => json!({ "version": 5, "types": types, "spec": spec }),
        };
        json.to_string().into_bytes()
    }

    /// The ink! that it is of.
    pub fn version(&self) -> Version {
        self.version
    }

    /// The types that the interface is made of.
    pub fn types(&self) -> &PortableRegistry {
        &self.types
    }

    /// The interface.
    pub fn spec(&self) -> &Spec {
        &self.spec
    }

    /// Every type has the number of its place, and every type that is named is there: what is left
    /// to go wrong later is a value.
    fn check_types(&self) -> Result<(), MetadataError> {
        let types = &self.types.types;
        for (place, ty) in types.iter().enumerate() {
            if usize::try_from(ty.id) != Ok(place) {
                return Err(MetadataError::OutOfPlace { place, id: ty.id });
            }
        }
        let count = types.len();
        let exists = |id: u32| match usize::try_from(id) {
            Ok(place) if place < count => Ok(()),
            _ => Err(MetadataError::NoSuchType { id, count }),
        };
        for ty in types {
            parts(&ty.ty).try_for_each(exists)?;
        }
        self.spec.types().map(|ty| ty.id).try_for_each(exists)
    }
}

/// The types that a type is made of.
fn parts(ty: &Type<PortableForm>) -> Box<dyn Iterator<Item = u32> + '_> {
    let params = ty.type_params.iter().filter_map(|it| it.ty).map(|ty| ty.id);
    let parts: Box<dyn Iterator<Item = u32>> = match &ty.type_def {
        TypeDef::Composite(it) => Box::new(it.fields.iter().map(|it| it.ty.id)),
        TypeDef::Variant(it) => {
            let fields = it.variants.iter().flat_map(|it| &it.fields);
            Box::new(fields.map(|it| it.ty.id))
        }
        TypeDef::Tuple(it) => Box::new(it.fields.iter().map(|ty| ty.id)),
        TypeDef::Sequence(it) => Box::new([it.type_param.id].into_iter()),
        TypeDef::Array(it) => Box::new([it.type_param.id].into_iter()),
        TypeDef::Compact(it) => Box::new([it.type_param.id].into_iter()),
        TypeDef::BitSequence(it) => {
            Box::new([it.bit_store_type.id, it.bit_order_type.id].into_iter())
        }
        TypeDef::Primitive(_) => Box::new([].into_iter()),
    };
    Box::new(params.chain(parts))
}
