use super::GasMeter;
use crate::error::Error;

#[test]
fn it_works() {
    let meter = GasMeter::new(50_000);
    assert_eq!(
        (meter.left(), meter.spent(), meter.required()),
        (50_000, 0, 0)
    );
}

#[test]
fn charges_add_up() {
    let mut meter = GasMeter::new(50_000);
    let _ = meter.charge(10).unwrap();
    let _ = meter.charge(1).unwrap();
    assert_eq!(
        (meter.left(), meter.spent(), meter.required()),
        (49_989, 11, 11)
    );
}

#[test]
fn refuse_to_execute_anything_if_zero() {
    let mut meter = GasMeter::new(0);
    assert_eq!(meter.charge(1).unwrap_err(), Error::OutOfGas);
    assert!(meter.charge(0).is_ok());
}

#[test]
fn overcharge_is_unrecoverable() {
    let mut meter = GasMeter::new(200);
    let _ = meter.charge(100).unwrap();
    assert!(meter.charge(101).is_err());
    assert_eq!(meter.left(), 0);
    // Nothing more goes, though the hundred would have sufficed.
    assert!(meter.charge(100).is_err());
}

#[test]
fn charge_exact_amount() {
    let mut meter = GasMeter::new(25);
    assert!(meter.charge(25).is_ok());
    assert_eq!(meter.left(), 0);
}

#[test]
fn what_is_given_back_stays_below_the_limit() {
    let mut meter = GasMeter::new(100);
    let charged = meter.charge(60).unwrap();
    meter.adjust(charged, 20);
    assert_eq!((meter.left(), meter.required()), (80, 60));
    let charged = meter.charge(30).unwrap();
    // More than was charged takes nothing further.
    meter.adjust(charged, 50);
    assert_eq!(meter.left(), 50);
    let charged = meter.charge(30).unwrap();
    let mut fresh = GasMeter::new(10);
    fresh.refund(charged);
    assert_eq!(fresh.left(), 10);
}

#[test]
fn a_nested_meter_has_a_limit_of_its_own() {
    let mut meter = GasMeter::new(1_000);
    let _ = meter.charge(100).unwrap();
    meter.nested(300, |child| {
        let child = child.unwrap();
        assert_eq!(child.left(), 300);
        assert!(child.charge(301).is_err());
    });
    assert_eq!((meter.left(), meter.required()), (600, 400));
    meter.nested(0, |child| {
        let child = child.unwrap();
        assert_eq!(child.left(), 600);
        let _ = child.charge(50).unwrap();
    });
    assert_eq!((meter.left(), meter.required()), (550, 450));
    meter.nested(551, |child| assert!(child.is_none()));
    assert_eq!(meter.left(), 550);
}
