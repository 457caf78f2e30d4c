//! Receipts as they come.

use super::tell;
use crate::{
    api::method::parse,
    api::receipt::{no_block, stored, Receipt},
    context::Context,
    error::{Code, RpcError},
};
use fat_contracts_primitives::StateRoot;
use jsonrpsee::{types::Params, PendingSubscriptionSink};
use pink_worker_core::WorkerHandle;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::{collections::VecDeque, sync::Arc, time::Duration};

/// Blocks that are read at a time.
const BLOCKS: u32 = 16;

/// Blocks that are remembered, to know which of them were taken back since. More than a worker can go back.
const REMEMBERED: usize = 512;

/// How long is waited when too many read.
const BUSY: Duration = Duration::from_millis(200);

/// What `cluster_v1_subscribeReceipts` takes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct ReceiptsParams {
    /// From which block on [default: the next one].
    #[serde(default)]
    pub from: Option<u32>,
    /// With a proof for each [default: no].
    #[serde(default)]
    pub proof: Option<bool>,
}

/// What is told.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", tag = "event")]
pub(crate) enum ReceiptsEvent {
    /// A message was executed.
    Receipt(Box<Receipt>),
    /// Blocks that were asked for aren't kept here.
    Lost {
        /// How many.
        blocks: u32,
    },
    /// Blocks behind this one were taken back, for a message that governance amended: their receipts come anew.
    Rewound {
        /// The last block that stands.
        to: u32,
    },
    /// The subscription has ended.
    Stop {
        /// The error's name; see the table of codes.
        error: String,
        /// Why.
        message: String,
    },
}

pub(super) fn begin(params: &Params<'_>, pending: PendingSubscriptionSink, context: Arc<Context>) {
    let params: ReceiptsParams = match parse(params) {
        Ok(params) => params,
        Err(error) => {
            tokio::spawn(pending.reject(error));
            return;
        }
    };
    tokio::spawn(async move {
        // What comes after it was asked for isn't missed.
        let begun = context.read(move |_, worker| {
            let head = worker.store().cursor()?;
            let next = head.map_or(0, |head| head.number.saturating_add(1));
            Ok(params.from.unwrap_or(next))
        });
        let next = match begun.await {
            Ok(next) => next,
            Err(error) => return pending.reject(error).await,
        };
        if let Ok(sink) = pending.accept().await {
            follow(&sink, &context, next, params.proof.unwrap_or(false)).await;
        }
    });
}

async fn follow(
    sink: &jsonrpsee::server::SubscriptionSink,
    context: &Arc<Context>,
    next: u32,
    proof: bool,
) {
    let mut news = context.blocks.clone();
    let mut place = Place {
        next,
        told: SentBlocks::new(),
    };
    loop {
        news.mark_unchanged();
        let from = place.next;
        let mut moved = place.clone();
        let read = context.read(move |_, worker| {
            let events = moved.events(worker, proof)?;
            Ok((events, moved))
        });
        let events = match read.await {
            Ok((events, moved)) => {
                place = moved;
                events
            }
            Err(error) if error.code == Code::Busy => {
                tokio::time::sleep(BUSY).await;
                continue;
            }
            Err(error) => {
                let stop = ReceiptsEvent::Stop {
                    error: error.code.name().into(),
                    message: error.message,
                };
                tell(sink, &stop).await;
                return;
            }
        };
        for event in events {
            if let ReceiptsEvent::Lost { blocks } = event {
                let method = "cluster_v1_subscribeReceipts";
                context.observer.notifications_lost(method, blocks.into());
            }
            if !tell(sink, &event).await {
                return;
            }
        }
        if place.next != from {
            continue;
        }
        tokio::select! {
            () = sink.closed() => return,
            changed = news.changed() => if changed.is_err() { return },
        }
    }
}

/// The last blocks that were told of, with the roots after them.
type SentBlocks = VecDeque<(u32, StateRoot)>;

/// Where a subscription is.
#[derive(Clone, Debug)]
struct Place {
    next: u32,
    told: SentBlocks,
}

impl Place {
    /// What happened from there on, a few blocks of it.
    fn events(
        &mut self,
        worker: &WorkerHandle,
        proof: bool,
    ) -> Result<Vec<ReceiptsEvent>, RpcError> {
        let store = worker.store();
        let mut events = Vec::new();
        let (Some(first), Some(head)) = (store.first_block()?, store.cursor()?) else {
            return Ok(events);
        };
        if let Some(to) = self.rewind(worker)? {
            events.push(ReceiptsEvent::Rewound { to });
        }
        // One may ask from a block that is to come.
        if self.next > head.number {
            return Ok(events);
        }
        if self.next < first {
            let blocks = first.saturating_sub(self.next);
            events.push(ReceiptsEvent::Lost { blocks });
            self.next = first;
        }
        let most = self.next.saturating_add(BLOCKS.saturating_sub(1));
        for block in self.next..=head.number.min(most) {
            let Some(record) = store.block(block)? else {
                break;
            };
            let receipts = worker.receipts(block)?;
            if !receipts.is_empty() {
                let input = worker.input(block)?.ok_or_else(|| no_block(block))?;
                for (index, receipt) in (0u32..).zip(&receipts) {
                    let receipt = stored(worker, &input, index, receipt, proof)?;
                    events.push(ReceiptsEvent::Receipt(Box::new(receipt)));
                }
            }
            self.told.push_back((block, record.root));
            if self.told.len() > REMEMBERED {
                self.told.pop_front();
            }
            self.next = block.saturating_add(1);
        }
        Ok(events)
    }

    /// Goes back behind blocks that aren't what they were when they were told of; the last one that stands.
    fn rewind(&mut self, worker: &WorkerHandle) -> Result<Option<u32>, RpcError> {
        let before = self.next;
        while let Some((block, root)) = self.told.back().copied() {
            let now = worker.store().block(block)?.map(|record| record.root);
            if now == Some(root) {
                break;
            }
            self.told.pop_back();
            self.next = block;
        }
        Ok((self.next < before).then(|| self.next.saturating_sub(1)))
    }
}
