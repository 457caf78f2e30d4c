use super::{About, CompareError, Contents, Digests, Hex32, Summary};
use crate::fetch::{Client, FetchConfig, SourceFailure};
use fat_contracts_primitives::{BlockNumber, Hash, Seq};
use pink_worker_core::Worker;

/// One of two workers that are compared.
pub trait Side {
    /// How it is called in what is said of it.
    fn name(&self) -> String;

    /// What it has.
    ///
    /// # Errors
    /// For this and the other methods: it can't be asked, or its store failed.
    fn about(&self) -> Result<About, CompareError>;

    /// What it keeps of a block; none if nothing.
    ///
    /// # Errors
    /// As [`about`](Self::about).
    fn summary(&self, block: BlockNumber) -> Result<Option<Summary>, CompareError>;

    /// A digest of what it keeps of these blocks.
    ///
    /// # Errors
    /// As [`about`](Self::about); or it doesn't keep all of them.
    fn digest(&self, from: BlockNumber, to: BlockNumber) -> Result<Hex32, CompareError>;

    /// What it executed in a block, from a message on; none if it didn't execute it.
    ///
    /// # Errors
    /// As [`about`](Self::about).
    fn contents(&self, block: BlockNumber, from: Seq) -> Result<Option<Contents>, CompareError>;
}

/// A worker whose store is here.
#[derive(Clone, Copy, Debug)]
pub struct Local<'w> {
    /// The worker.
    pub worker: &'w Worker,
    /// How it is called.
    pub name: &'w str,
    /// The hash of its chain's genesis block, if that is known.
    pub genesis: Option<Hash>,
}

impl Side for Local<'_> {
    fn name(&self) -> String {
        self.name.into()
    }

    fn about(&self) -> Result<About, CompareError> {
        Ok(About::of(self.worker.store(), self.genesis)?)
    }

    fn summary(&self, block: BlockNumber) -> Result<Option<Summary>, CompareError> {
        Ok(Summary::of(self.worker.store(), block)?)
    }

    fn digest(&self, from: BlockNumber, to: BlockNumber) -> Result<Hex32, CompareError> {
        let digest = Digests::of(self.worker.store(), from, to)?;
        let digest = digest.ok_or_else(|| contradiction(self, from))?;
        Ok(digest.digest)
    }

    fn contents(&self, block: BlockNumber, from: Seq) -> Result<Option<Contents>, CompareError> {
        Ok(Contents::of(self.worker.store(), block, from)?)
    }
}

/// A worker that serves what it keeps.
#[derive(Debug)]
pub struct Remote {
    url: String,
    client: Client,
}

impl Remote {
    /// At an address.
    pub fn new(url: &str, config: &FetchConfig) -> Self {
        Self {
            url: url.into(),
            client: Client::new(url, config),
        }
    }

    fn ask<T: serde::de::DeserializeOwned>(&self, path: &str) -> Result<Option<T>, CompareError> {
        self.client
            .json(path)
            .map_err(|failure| self.failed(failure))
    }

    fn failed(&self, failure: SourceFailure) -> CompareError {
        CompareError::Source {
            url: self.url.clone(),
            failure,
        }
    }
}

impl Side for Remote {
    fn name(&self) -> String {
        self.url.clone()
    }

    fn about(&self) -> Result<About, CompareError> {
        let about = self.ask("/v1/about")?;
        about.ok_or_else(|| self.failed(SourceFailure::Status(404)))
    }

    fn summary(&self, block: BlockNumber) -> Result<Option<Summary>, CompareError> {
        let summary: Option<Summary> = self.ask(&format!("/v1/blocks/{block}"))?;
        match summary {
            Some(other) if other.block != block => Err(contradiction(self, block)),
            summary => Ok(summary),
        }
    }

    fn digest(&self, from: BlockNumber, to: BlockNumber) -> Result<Hex32, CompareError> {
        let digest: Option<Digests> = self.ask(&format!("/v1/digest?from={from}&to={to}"))?;
        let digest = digest.ok_or_else(|| contradiction(self, from))?;
        Ok(digest.digest)
    }

    fn contents(&self, block: BlockNumber, from: Seq) -> Result<Option<Contents>, CompareError> {
        let contents: Option<Contents> =
            self.ask(&format!("/v1/blocks/{block}/contents?from={from}"))?;
        // Each answer leads on, or it is the last: nobody is kept asking.
        let leads = |it: &Contents| {
            let numbers = it.messages.iter().map(|message| message.seq);
            let ordered = numbers.clone().is_sorted_by(|a, b| a < b);
            ordered
                && numbers.clone().all(|seq| seq >= from)
                && !(it.more && it.messages.is_empty())
        };
        match contents {
            Some(other) if !leads(&other) => Err(contradiction(self, block)),
            contents => Ok(contents),
        }
    }
}

fn contradiction(side: &dyn Side, block: BlockNumber) -> CompareError {
    CompareError::Contradiction {
        who: side.name(),
        block,
    }
}
