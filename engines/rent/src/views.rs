//! Looking at the state without changing it.

use crate::{
    code,
    core::Execution,
    rent::Verdict,
    state::{account_key, contract, Account, Alive, Cluster, Contract, ACCOUNTS, CLUSTER},
    state::{alive, end_of},
    storage,
    versions::Rules,
    vm::Cache,
};
use parity_scale_codec::DecodeAll;
use pink_engine_sdk::{
    types::{
        AccessError, AccountId, AccountView, Balance, Block, BlockNumber, ClusterView,
        ContractView, Mode, RentView, Version,
    },
    Overlay, VERSION_KEY,
};

/// Accounts that are read at once.
const PAGE: u32 = 1024;

fn record(state: &mut Overlay<'_>) -> Option<Cluster> {
    state.get_as(CLUSTER)
}

fn has_ledger(state: &mut Overlay<'_>) -> bool {
    record(state).is_some_and(|cluster| !cluster.destroyed)
}

pub(crate) fn account(state: &mut Overlay<'_>, who: &AccountId) -> AccountView {
    if !has_ledger(state) {
        return AccountView::default();
    }
    let account: Account = state.get_as(&account_key(who)).unwrap_or_default();
    AccountView {
        free: account.free,
        held: 0,
    }
}

/// The sum over all accounts. Nothing is in escrow between messages.
pub(crate) fn total_issuance(state: &mut Overlay<'_>) -> Balance {
    if !has_ledger(state) {
        return 0;
    }
    let end = end_of(ACCOUNTS);
    let mut from = ACCOUNTS.to_vec();
    let mut sum: Balance = 0;
    loop {
        let page = state.range(&from, end.as_deref(), PAGE);
        for (_, value) in &page {
            let account = Account::decode_all(&mut &value[..]).unwrap_or_default();
            sum = sum.saturating_add(account.free);
        }
        match page.last() {
            Some((last, _)) if page.len() == PAGE as usize => {
                from = last.clone();
                from.push(0);
            }
            _ => return sum,
        }
    }
}

pub(crate) fn cluster(state: &mut Overlay<'_>) -> Option<ClusterView> {
    let version: Version = state.get_as(VERSION_KEY)?;
    let cluster = record(state)?;
    Some(ClusterView {
        version,
        cluster: cluster.id,
        owner: cluster.owner,
        treasury: cluster.treasury,
        gas_price: cluster.gas_price,
        deposit_per_item: cluster.deposit_per_item,
        deposit_per_byte: cluster.deposit_per_byte,
        existential_deposit: cluster.existential_deposit,
        system_contract: None,
    })
}

/// A tombstone keeps no hash of its code by itself: it shows zeros.
pub(crate) fn contract_view(state: &mut Overlay<'_>, address: &AccountId) -> Option<ContractView> {
    Some(match contract(state, address)? {
        Contract::Alive(contract) => ContractView {
            code_hash: contract.code_hash,
            storage_bytes: contract.storage_size.into(),
            storage_items: contract.pair_count.into(),
            tombstone: false,
        },
        Contract::Tombstone(_) => ContractView {
            code_hash: [0; 32],
            storage_bytes: 0,
            storage_items: 0,
            tombstone: true,
        },
    })
}

fn living(state: &mut Overlay<'_>, address: &AccountId) -> Result<Alive, AccessError> {
    match contract(state, address) {
        Some(Contract::Alive(contract)) => Ok(contract),
        Some(Contract::Tombstone(_)) => Err(AccessError::IsTombstone),
        None => Err(AccessError::DoesntExist),
    }
}

/// `get_storage` of 2021: keys have 32 bytes.
pub(crate) fn contract_storage(
    state: &mut Overlay<'_>,
    address: &AccountId,
    key: &[u8],
) -> Result<Option<Vec<u8>>, AccessError> {
    let contract = living(state, address)?;
    let key = <[u8; 32]>::try_from(key).map_err(|_| AccessError::BadKey)?;
    Ok(storage::read(state, &contract.prefix, &key).map(<[u8]>::to_vec))
}

/// `rent_projection` of 2021, which collects what is due and then divides what is left by the
/// rate. Here what it changes is undone: a view has no effect.
///
/// Differs from 2021: a contract that is evictable now says so, instead of being called a
/// tombstone that it isn't yet.
pub(crate) fn rent(
    state: &mut Overlay<'_>,
    rules: &'static Rules,
    modules: &Cache,
    block: &Block,
    address: &AccountId,
) -> Result<RentView, AccessError> {
    let before = living(state, address)?;
    let mut exec = Execution::load(state, rules, modules, block, Mode::Query)
        .ok_or(AccessError::DoesntExist)?;
    let share = code::prefab(exec.state, &before.code_hash)
        .ok_or(AccessError::IsTombstone)?
        .occupied_storage();
    let verdict = exec.verdict(address, 0, &before, share);
    let eviction_at = exec.transaction(
        |exec| exec.projection(address, &before, share, verdict),
        |_| false,
    );
    Ok(RentView {
        eviction_at,
        allowance: before.rent_allowance,
        paid: before.rent_paid,
        threshold: exec.subsistence_threshold(),
        verdict: verdict.name().into(),
    })
}

impl Execution<'_, '_> {
    fn projection(
        &mut self,
        address: &AccountId,
        before: &Alive,
        share: u32,
        verdict: Verdict,
    ) -> Option<BlockNumber> {
        let now = self.block.number;
        if matches!(verdict, Verdict::Evict(_)) {
            return Some(now);
        }
        self.charge_rent(address, before.clone(), share)?;
        let after = alive(self.state, address)?;
        let free = self.free(address);
        let fee = self.fee_per_block(free, &after, share);
        let blocks = self.rent_budget(free, &after).checked_div(fee)?;
        Some(now.saturating_add(BlockNumber::try_from(blocks).unwrap_or(BlockNumber::MAX)))
    }
}
