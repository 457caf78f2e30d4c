;; One boolean in storage, for engines older than ink! 5: every call turns it over and returns it.
(module
  (import "seal0" "seal_get_storage" (func $get (param i32 i32 i32) (result i32)))
  (import "seal0" "seal_set_storage" (func $set (param i32 i32 i32)))
  (import "seal0" "seal_return" (func $return (param i32 i32 i32)))
  (import "env" "memory" (memory 1 1))
  ;; 0..32 the key, 32 the value, 36..40 the room for it
  (data (i32.const 36) "\01\00\00\00")
  (func (export "deploy")
    (call $set (i32.const 0) (i32.const 32) (i32.const 1)))
  (func (export "call")
    (drop (call $get (i32.const 0) (i32.const 32) (i32.const 36)))
    (i32.store8 (i32.const 32) (i32.eqz (i32.load8_u (i32.const 32))))
    (call $set (i32.const 0) (i32.const 32) (i32.const 1))
    (call $return (i32.const 0) (i32.const 32) (i32.const 1))))
