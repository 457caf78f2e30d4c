//! Measured by the example `weights` of `runtime-mock`; not to be edited.

use super::Measured;

pub(super) const ACKNOWLEDGE: Measured = Measured {
    time_ps: (7529349, 6004021),
    reads: (5, 2),
    writes: (2, 1),
    proof: (6239, 2048),
};

pub(super) const ADD_CLUSTER: Measured = Measured {
    time_ps: (39432872, 4160942),
    reads: (8, 1),
    writes: (9, 1),
    proof: (9187, 1136),
};

pub(super) const ADD_WORKER_TO_CLUSTER: Measured = Measured {
    time_ps: (7752000, 0),
    reads: (5, 0),
    writes: (3, 0),
    proof: (6117, 0),
};

pub(super) const AMEND: Measured = Measured {
    time_ps: (8963000, 0),
    reads: (7, 0),
    writes: (2, 0),
    proof: (9210, 0),
};

pub(super) const ANNOUNCE_ENGINES: Measured = Measured {
    time_ps: (3385000, 0),
    reads: (1, 0),
    writes: (1, 0),
    proof: (1027, 0),
};

pub(super) const CALL_CONTRACT: Measured = Measured {
    time_ps: (6911000, 5568),
    reads: (3, 0),
    writes: (3, 0),
    proof: (3713, 0),
};

pub(super) const CANCEL_UPGRADE: Measured = Measured {
    time_ps: (3956000, 0),
    reads: (2, 0),
    writes: (2, 0),
    proof: (2214, 0),
};

pub(super) const CLAIM_SURCHARGE: Measured = Measured {
    time_ps: (8272000, 0),
    reads: (4, 0),
    writes: (3, 0),
    proof: (5474, 0),
};

pub(super) const CLAIM_WITHDRAWAL: Measured = Measured {
    time_ps: (19119000, 0),
    reads: (5, 0),
    writes: (4, 0),
    proof: (5409, 0),
};

pub(super) const CLUSTER_DESTROY: Measured = Measured {
    time_ps: (26008072, 1204947),
    reads: (6, 1),
    writes: (9, 1),
    proof: (6869, 1145),
};

pub(super) const CLUSTER_UPLOAD_RESOURCE: Measured = Measured {
    time_ps: (6890000, 8459),
    reads: (3, 0),
    writes: (3, 0),
    proof: (3713, 0),
};

pub(super) const CONFIRM: Measured = Measured {
    time_ps: (21362000, 19652541),
    reads: (9, 1),
    writes: (6, 1),
    proof: (11270, 1118),
};

pub(super) const INSTANTIATE_CONTRACT: Measured = Measured {
    time_ps: (7471000, 8069),
    reads: (3, 0),
    writes: (3, 0),
    proof: (3713, 0),
};

pub(super) const ON_INITIALIZE: Measured = Measured {
    time_ps: (1082000, 7701166),
    reads: (4, 2),
    writes: (1, 4),
    proof: (4794, 2325),
};

pub(super) const PRUNE: Measured = Measured {
    time_ps: (28203138, 851099),
    reads: (2, 0),
    writes: (1, 1),
    proof: (2292, 0),
};

pub(super) const REGISTER_ENGINE: Measured = Measured {
    time_ps: (2978236, 853463),
    reads: (2, 1),
    writes: (2, 1),
    proof: (2048, 1024),
};

pub(super) const REGISTER_WORKER: Measured = Measured {
    time_ps: (2424000, 0),
    reads: (1, 0),
    writes: (1, 0),
    proof: (1024, 0),
};

pub(super) const REMOVE_WORKER_FROM_CLUSTER: Measured = Measured {
    time_ps: (10976000, 0),
    reads: (7, 0),
    writes: (4, 0),
    proof: (8251, 0),
};

pub(super) const REPORT_PARKED: Measured = Measured {
    time_ps: (8663000, 0),
    reads: (4, 0),
    writes: (1, 0),
    proof: (5636, 0),
};

pub(super) const RESOLVE_DIVERGENCE: Measured = Measured {
    time_ps: (22523000, 0),
    reads: (7, 0),
    writes: (6, 0),
    proof: (8951, 0),
};

pub(super) const SERVE_OWNER: Measured = Measured {
    time_ps: (2193000, 0),
    reads: (1, 0),
    writes: (1, 0),
    proof: (1027, 0),
};

pub(super) const SET_ENGINE_STATUS: Measured = Measured {
    time_ps: (3325000, 0),
    reads: (1, 0),
    writes: (1, 0),
    proof: (1433, 0),
};

pub(super) const SET_PINK_RUNTIME_VERSION: Measured = Measured {
    time_ps: (3064000, 0),
    reads: (1, 0),
    writes: (1, 0),
    proof: (1433, 0),
};

pub(super) const SET_PINK_SYSTEM_CODE: Measured = Measured {
    time_ps: (2373000, 2340),
    reads: (0, 0),
    writes: (2, 0),
    proof: (0, 0),
};

pub(super) const SET_PRICE_BOUNDS: Measured = Measured {
    time_ps: (1583000, 0),
    reads: (0, 0),
    writes: (1, 0),
    proof: (0, 0),
};

pub(super) const TRANSFER_TO_CLUSTER: Measured = Measured {
    time_ps: (20511000, 0),
    reads: (6, 0),
    writes: (6, 0),
    proof: (6945, 0),
};

pub(super) const UPDATE_PRICES: Measured = Measured {
    time_ps: (6069000, 0),
    reads: (5, 0),
    writes: (2, 0),
    proof: (5665, 0),
};

pub(super) const UPDATE_SCHEDULE: Measured = Measured {
    time_ps: (6567243, 1344),
    reads: (3, 0),
    writes: (3, 0),
    proof: (3713, 0),
};

pub(super) const UPGRADE_RUNTIME: Measured = Measured {
    time_ps: (7914363, 667221),
    reads: (4, 1),
    writes: (2, 0),
    proof: (5155, 1145),
};

pub(super) const WITHDRAW_FROM_CLUSTER: Measured = Measured {
    time_ps: (7411000, 0),
    reads: (3, 0),
    writes: (4, 0),
    proof: (3713, 0),
};

pub(super) const ACKNOWLEDGE_EFFECTS: Measured = Measured {
    time_ps: (21362000, 19652541),
    reads: (9, 1),
    writes: (6, 1),
    proof: (11270, 1118),
};

pub(super) const REPLACE_ENGINE: Measured = Measured {
    time_ps: (2978236, 853463),
    reads: (2, 1),
    writes: (2, 1),
    proof: (2048, 1024),
};

pub(super) const UNREGISTER_WORKER: Measured = Measured {
    time_ps: (2424000, 0),
    reads: (1, 0),
    writes: (1, 0),
    proof: (1024, 0),
};

pub(super) const ON_FINALIZE: Measured = Measured {
    time_ps: (1082000, 7701166),
    reads: (4, 2),
    writes: (1, 4),
    proof: (4794, 2325),
};

pub(super) const REMOVE_CODE: Measured = Measured {
    time_ps: (8272000, 0),
    reads: (4, 0),
    writes: (3, 0),
    proof: (5474, 0),
};
