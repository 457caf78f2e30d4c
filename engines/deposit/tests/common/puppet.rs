//! Inputs for `puppet.wat`, a contract that does what it is told: each operation in turn, in its
//! constructor and in calls, with what the host functions gave for output.

type Account = [u8; 32];

/// Another contract may call the one that calls.
pub const ALLOW_REENTRY: u32 = 8;
/// Nothing may change.
pub const READ_ONLY: u32 = 16;

/// The puppet's code.
pub fn puppet() -> Vec<u8> {
    wat::parse_str(include_str!("puppet.wat")).expect("a module")
}

/// What a puppet is to do.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Script(pub Vec<u8>);

impl Script {
    pub fn new() -> Self {
        Self::default()
    }

    fn op(mut self, op: u8, parts: &[&[u8]]) -> Self {
        self.0.push(op);
        for part in parts {
            self.0.extend_from_slice(part);
        }
        self
    }

    /// Writes a value of this many bytes. Returns the old length.
    pub fn set(self, key: &[u8], bytes: u32) -> Self {
        let len = [key.len() as u8];
        self.op(1, &[&len, key, &bytes.to_le_bytes(), &[7]])
    }

    /// Removes a value. Returns the old length.
    pub fn clear(self, key: &[u8]) -> Self {
        self.op(2, &[&[key.len() as u8], key])
    }

    /// Calls. Returns the code, and the output behind its length.
    pub fn call(self, flags: u32, callee: Account, value: u128, script: Self) -> Self {
        self.call_with(flags, callee, value, (0, 0), None, script)
    }

    /// The same with a limit of the gas and of the deposit.
    pub fn call_with(
        self,
        flags: u32,
        callee: Account,
        value: u128,
        gas: (u64, u64),
        deposit: Option<u128>,
        script: Self,
    ) -> Self {
        self.op(
            4,
            &[
                &flags.to_le_bytes(),
                &callee,
                &value.to_le_bytes(),
                &gas.0.to_le_bytes(),
                &gas.1.to_le_bytes(),
                &[deposit.is_some().into()],
                &deposit.unwrap_or(0).to_le_bytes(),
                &(script.0.len() as u32).to_le_bytes(),
                &script.0,
            ],
        )
    }

    /// Makes a contract. Returns the code, and the address.
    pub fn instantiate(
        self,
        hash: [u8; 32],
        value: u128,
        deposit: Option<u128>,
        script: Self,
        salt: &[u8],
    ) -> Self {
        self.op(
            5,
            &[
                &hash,
                &value.to_le_bytes(),
                &[0; 16],
                &[deposit.is_some().into()],
                &deposit.unwrap_or(0).to_le_bytes(),
                &(script.0.len() as u32).to_le_bytes(),
                &script.0,
                &(salt.len() as u32).to_le_bytes(),
                salt,
            ],
        )
    }

    /// Ends, in somebody's favour.
    pub fn terminate(self, beneficiary: Account) -> Self {
        self.op(6, &[&beneficiary])
    }

    /// Pays. Returns the code.
    pub fn transfer(self, to: Account, value: u128) -> Self {
        self.op(7, &[&to, &value.to_le_bytes()])
    }

    /// Runs other code in its own name. Returns as a call does.
    pub fn delegate(self, flags: u32, hash: [u8; 32], script: Self) -> Self {
        let len = (script.0.len() as u32).to_le_bytes();
        self.op(8, &[&flags.to_le_bytes(), &hash, &len, &script.0])
    }

    /// Exchanges its code. Returns the code of that.
    pub fn set_code_hash(self, hash: [u8; 32]) -> Self {
        self.op(9, &[&hash])
    }

    /// Emits an event with these bytes for topics.
    pub fn event(self, topics: &[u8], data: &[u8]) -> Self {
        let (some, more) = (topics.len() as u32, data.len() as u32);
        self.op(
            10,
            &[&some.to_le_bytes(), topics, &more.to_le_bytes(), data],
        )
    }

    /// Returns, and reverts.
    pub fn revert(self) -> Self {
        self.op(11, &[&1u32.to_le_bytes()])
    }

    /// Traps.
    pub fn trap(self) -> Self {
        self.op(12, &[])
    }

    /// Asks the pink extension. Returns the status, and the output behind its length.
    pub fn extension(self, id: u32, input: &[u8]) -> Self {
        let len = (input.len() as u32).to_le_bytes();
        self.op(13, &[&id.to_le_bytes(), &len, input])
    }

    /// Returns its balance.
    pub fn balance(self) -> Self {
        self.op(14, &[])
    }

    /// Locks code for delegate calls.
    pub fn lock(self, hash: [u8; 32]) -> Self {
        self.op(18, &[&hash])
    }

    /// Unlocks it.
    pub fn unlock(self, hash: [u8; 32]) -> Self {
        self.op(19, &[&hash])
    }

    /// Says something for debugging. Returns the code.
    pub fn debug(self, text: &[u8]) -> Self {
        self.op(21, &[&(text.len() as u32).to_le_bytes(), text])
    }

    /// Returns the number of instantiations, 8 bytes.
    pub fn nonce(self) -> Self {
        self.op(26, &[])
    }
}
