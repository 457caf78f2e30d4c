;; Brings back a contract of engines 1.x that couldn't pay its rent.
;;
;; Who restores a tombstone needs a contract with the same storage: this one stores one value in its
;; constructor, and gives it away, with all its money, in its call. `restorer.wasm` is this text
;; as `wat2wasm` or the crate `wat` encode it.
(module
  (import "seal0" "seal_input" (func $input (param i32 i32)))
  (import "seal0" "seal_set_storage" (func $set_storage (param i32 i32 i32)))
  (import "seal0" "seal_restore_to"
    (func $restore_to (param i32 i32 i32 i32 i32 i32 i32 i32)))
  (import "env" "memory" (memory 1 1))

  ;; Takes a key of 32 bytes and the value to store under it.
  (func (export "deploy")
    (i32.store (i32.const 0) (i32.const 16384))
    (call $input (i32.const 16) (i32.const 0))
    (call $set_storage
      (i32.const 16)
      (i32.const 48) (i32.sub (i32.load (i32.const 0)) (i32.const 32))))

  ;; Takes the tombstone's address, the hash of the code that it had, and its new rent allowance: 32, 32
  ;; and 16 bytes. Not in the block in which the value was stored.
  (func (export "call")
    (i32.store (i32.const 0) (i32.const 80))
    (call $input (i32.const 16) (i32.const 0))
    (call $restore_to
      (i32.const 16) (i32.const 32)
      (i32.const 48) (i32.const 32)
      (i32.const 80) (i32.const 16)
      (i32.const 0) (i32.const 0))
    (unreachable)))
