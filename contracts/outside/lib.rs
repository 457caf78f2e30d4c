//! Outside: reaches for everything that a query may reach beyond the state, and gives every order
//! that there is, with or without the right to it.
//!
//! For the tests of the worker. Its constructor has the selector of a system contract's, so that
//! it can be deployed as one: then it has the right to all orders.
#![cfg_attr(not(feature = "std"), no_std, no_main)]

#[ink::contract(env = pink::PinkEnvironment)]
pub mod outside {
    use ink::{
        env::{chain_extension::ChainExtensionMethod, debug_message},
        prelude::{string::String, vec::Vec},
        scale::{Decode, Encode, Error, Input, Output},
    };
    use pink::{HttpRequest, HttpRequestError, HttpResponse, PinkEvent, SignatureType, Status};

    /// What it keeps.
    #[ink(storage)]
    #[derive(Default)]
    pub struct Outside {
        public_key: Vec<u8>,
        count: u32,
    }

    /// Bytes as they are, without their length.
    struct Raw(Vec<u8>);

    impl Encode for Raw {
        fn encode_to<T: Output + ?Sized>(&self, output: &mut T) {
            output.write(&self.0);
        }
    }

    impl Decode for Raw {
        fn decode<I: Input>(input: &mut I) -> Result<Self, Error> {
            let mut bytes = Vec::new();
            while let Ok(byte) = input.read_byte() {
                bytes.push(byte);
            }
            Ok(Self(bytes))
        }
    }

    impl Outside {
        /// Makes the contract.
        #[ink(constructor, selector = 0xed4b9d1b)]
        pub fn default() -> Self {
            Default::default()
        }

        /// Calls any function of the extension: the status and, if that is 0, the answer's bytes.
        #[ink(message)]
        pub fn ask(&self, function: u16, arguments: Vec<u8>) -> (u32, Vec<u8>) {
            let asked = ChainExtensionMethod::build(function.into())
                .input::<Raw>()
                .output::<Raw, false>()
                .handle_error_code::<Status>()
                .call(&Raw(arguments));
            match asked {
                Ok(Raw(answer)) => (0, answer),
                Err(Status(status)) => (status, Vec::new()),
            }
        }

        /// Gives an order.
        #[ink(message)]
        pub fn order(&mut self, order: PinkEvent) {
            order.emit();
        }

        /// Asks a web server: the status, and what it sent.
        #[ink(message)]
        pub fn get(&self, url: String) -> (u16, String) {
            let HttpResponse {
                status_code,
                reason_phrase,
                body,
                ..
            } = self.env().extension().http_request(HttpRequest {
                url,
                method: "GET".into(),
                headers: Vec::new(),
                body: Vec::new(),
            });
            match String::from_utf8(body) {
                Ok(body) if !body.is_empty() => (status_code, body),
                _ => (status_code, reason_phrase),
            }
        }

        /// Asks web servers at once: a status or an error for each, or why none was asked.
        #[ink(message)]
        pub fn get_all(
            &self,
            urls: Vec<String>,
            timeout_ms: u64,
        ) -> Result<Vec<Result<u16, HttpRequestError>>, Status> {
            let requests = urls.into_iter().map(|url| HttpRequest {
                url,
                method: "GET".into(),
                headers: Vec::new(),
                body: Vec::new(),
            });
            let extension = self.env().extension();
            let answers = extension.batch_http_request(requests.collect(), timeout_ms)?;
            let status = |answer: Result<HttpResponse, _>| answer.map(|it| it.status_code);
            Ok(answers.into_iter().map(status).collect())
        }

        /// Derives a key and keeps its public half.
        #[ink(message)]
        pub fn keep_key(&mut self, salt: Vec<u8>) {
            let key = self.env().extension().derive_sr25519_key(&salt);
            let extension = self.env().extension();
            self.public_key = extension.get_public_key(SignatureType::Sr25519, &key);
        }

        /// The public half that it keeps.
        #[ink(message)]
        pub fn public_key(&self) -> Vec<u8> {
            self.public_key.clone()
        }

        /// Keeps a value in the cache and then doesn't end.
        #[ink(message)]
        pub fn cache_and_spin(&self, key: Vec<u8>, value: Vec<u8>) {
            let _ = self.env().extension().cache_set(&key, &value);
            self.spin();
        }

        /// Keeps a value in the cache and then traps.
        #[ink(message)]
        pub fn cache_and_trap(&self, key: Vec<u8>, value: Vec<u8>) {
            let _ = self.env().extension().cache_set(&key, &value);
            panic!("as asked");
        }

        /// Doesn't end.
        #[ink(message)]
        pub fn spin(&self) {
            let mut turns = 0u32;
            loop {
                turns = core::hint::black_box(turns.wrapping_add(1));
            }
        }

        /// Works for so many turns, calling nobody, and gives what came of it.
        #[ink(message)]
        pub fn work(&self, turns: u32) -> u32 {
            let mut sum = 0u32;
            for turn in 0..turns {
                sum = core::hint::black_box(sum.wrapping_mul(31).wrapping_add(turn));
            }
            sum
        }

        /// Writes so many lines to the log, and one as a debug message.
        #[ink(message)]
        pub fn talk(&self, lines: u32) {
            for _ in 0..lines {
                self.env().extension().log(3, "a line");
            }
            debug_message("and a debug message");
        }

        /// Counts.
        #[ink(message)]
        pub fn increment(&mut self) {
            self.count = self.count.wrapping_add(1);
        }

        /// What was counted.
        #[ink(message)]
        pub fn count(&self) -> u32 {
            self.count
        }

        /// What the caller has, and what came with the call.
        #[ink(message, payable)]
        pub fn money(&self) -> (Balance, Balance) {
            let (_, free) = self.env().extension().balance_of(self.env().caller());
            (free, self.env().transferred_value())
        }
    }
}
