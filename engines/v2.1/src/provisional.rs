use pink_engine_sdk::{Prepare,Artefact,Fault,ExecutionMode};
use pink_engine_meter::{meter,Language,Rules};
use pink_engine_executor::{Settings,Kept,Compiler};
static R: Rules = Rules::V2_1;
pub struct P;
fn c() -> &'static dyn Compiler { crate::compiler::native(Settings{rules:&R,floats:false}).unwrap() }
static H: std::sync::Mutex<Vec<Box<dyn pink_engine_executor::Code>>> = std::sync::Mutex::new(Vec::new());
struct N;
impl pink_engine_executor::Host for N {
 fn call(&mut self,_:u32,_:&[pink_engine_executor::Value],_:&mut pink_engine_executor::Context<'_>)->Result<Option<pink_engine_executor::Value>,pink_engine_executor::Stop>{Ok(None)}
 fn more_gas(&mut self,_:u64)->Option<u64>{None}
}
impl Prepare for P {
    fn compiler() -> Result<[u8;32], Fault> { Ok(c().id()) }
    fn compile(code: &[u8]) -> Result<Option<Artefact<'static>>, Fault> {
        let m = meter(code, Language{floats:false,bulk:false}, &R).map_err(|e| Fault::Host{reason: e.to_string()})?;
        Ok(Some(c().compile(&m).map_err(|e| Fault::Host{reason: e.to_string()})?))
    }
    fn install(_: &[u8;32], artefact: Artefact<'_>) -> Result<(), Fault> {
        let l=c().load_artefact(artefact, Kept{has_start:false,globals:0,data:vec![]}).map_err(|e| Fault::Host{reason: e.to_string()})?;
        let mut i=l.instance().map_err(|e| Fault::Host{reason: e.to_string()})?;
        i.call("call",&[],pink_engine_executor::Limits{gas:1,height:1},&mut N);
        i.clean();
        H.lock().unwrap().push(l); Ok(())
    }
    fn wanted(_: u32) -> Vec<([u8;32], u64)> { vec![] }
    fn set_mode(_: ExecutionMode) {}
}
