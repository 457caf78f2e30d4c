//! Measured by the example `weights` of `runtime-mock`; not to be edited.

use super::Measured;

pub(super) const ACKNOWLEDGE: Measured = Measured {
    time_ps: (17237753, 12914338),
    reads: (5, 2),
    writes: (2, 1),
    proof: (6256, 2048),
};

pub(super) const ACKNOWLEDGE_EFFECTS: Measured = Measured {
    time_ps: (50892894, 2702151),
    reads: (7, 1),
    writes: (4, 0),
    proof: (9918, 1174),
};

pub(super) const ADD_CLUSTER: Measured = Measured {
    time_ps: (72884106, 8116546),
    reads: (8, 1),
    writes: (10, 1),
    proof: (9187, 1136),
};

pub(super) const ADD_WORKER_TO_CLUSTER: Measured = Measured {
    time_ps: (18057000, 0),
    reads: (5, 0),
    writes: (3, 0),
    proof: (6134, 0),
};

pub(super) const AMEND: Measured = Measured {
    time_ps: (25178000, 0),
    reads: (7, 0),
    writes: (2, 0),
    proof: (9210, 0),
};

pub(super) const ANNOUNCE_ENGINES: Measured = Measured {
    time_ps: (8713000, 0),
    reads: (1, 0),
    writes: (1, 0),
    proof: (1027, 0),
};

pub(super) const CALL_CONTRACT: Measured = Measured {
    time_ps: (34562000, 5834),
    reads: (5, 0),
    writes: (6, 0),
    proof: (5858, 0),
};

pub(super) const CANCEL_UPGRADE: Measured = Measured {
    time_ps: (9344000, 0),
    reads: (2, 0),
    writes: (2, 0),
    proof: (2214, 0),
};

pub(super) const CLAIM_SURCHARGE: Measured = Measured {
    time_ps: (36715000, 0),
    reads: (5, 0),
    writes: (5, 0),
    proof: (6595, 0),
};

pub(super) const CLAIM_WITHDRAWAL: Measured = Measured {
    time_ps: (39559000, 0),
    reads: (5, 0),
    writes: (4, 0),
    proof: (5409, 0),
};

pub(super) const CLUSTER_DESTROY: Measured = Measured {
    time_ps: (54038560, 2321885),
    reads: (6, 1),
    writes: (10, 1),
    proof: (6886, 1145),
};

pub(super) const CLUSTER_UPLOAD_RESOURCE: Measured = Measured {
    time_ps: (31908000, 8915),
    reads: (4, 0),
    writes: (5, 0),
    proof: (4834, 0),
};

pub(super) const CONFIRM: Measured = Measured {
    time_ps: (46139000, 39123127),
    reads: (9, 1),
    writes: (6, 1),
    proof: (11287, 1118),
};

pub(super) const INSTANTIATE_CONTRACT: Measured = Measured {
    time_ps: (34872000, 12010),
    reads: (5, 0),
    writes: (6, 0),
    proof: (5858, 0),
};

pub(super) const ON_FINALIZE: Measured = Measured {
    time_ps: (164394460, 22865659),
    reads: (67, 3),
    writes: (0, 4),
    proof: (102248, 3329),
};

pub(super) const ON_INITIALIZE: Measured = Measured {
    time_ps: (3095000, 15050094),
    reads: (4, 2),
    writes: (1, 5),
    proof: (4794, 2342),
};

pub(super) const PRUNE: Measured = Measured {
    time_ps: (62990025, 1208826),
    reads: (2, 0),
    writes: (1, 1),
    proof: (2309, 0),
};

pub(super) const REGISTER_ENGINE: Measured = Measured {
    time_ps: (6776621, 1680378),
    reads: (2, 1),
    writes: (2, 1),
    proof: (2048, 1024),
};

pub(super) const REGISTER_WORKER: Measured = Measured {
    time_ps: (5108000, 0),
    reads: (1, 0),
    writes: (1, 0),
    proof: (1024, 0),
};

pub(super) const REMOVE_CODE: Measured = Measured {
    time_ps: (30446000, 0),
    reads: (4, 0),
    writes: (5, 0),
    proof: (4834, 0),
};

pub(super) const REMOVE_WORKER_FROM_CLUSTER: Measured = Measured {
    time_ps: (27010000, 0),
    reads: (7, 0),
    writes: (4, 0),
    proof: (8268, 0),
};

pub(super) const REPLACE_ENGINE: Measured = Measured {
    time_ps: (14653500, 1957271),
    reads: (2, 1),
    writes: (9, 1),
    proof: (2049, 1024),
};

pub(super) const REPORT_PARKED: Measured = Measured {
    time_ps: (19720000, 0),
    reads: (4, 0),
    writes: (1, 0),
    proof: (5653, 0),
};

pub(super) const RESOLVE_DIVERGENCE: Measured = Measured {
    time_ps: (55763000, 0),
    reads: (7, 0),
    writes: (6, 0),
    proof: (8968, 0),
};

pub(super) const SERVE_OWNER: Measured = Measured {
    time_ps: (4927000, 0),
    reads: (1, 0),
    writes: (1, 0),
    proof: (1027, 0),
};

pub(super) const SET_ENGINE_STATUS: Measured = Measured {
    time_ps: (7220000, 0),
    reads: (1, 0),
    writes: (1, 0),
    proof: (1433, 0),
};

pub(super) const SET_PINK_RUNTIME_VERSION: Measured = Measured {
    time_ps: (6580000, 0),
    reads: (1, 0),
    writes: (1, 0),
    proof: (1433, 0),
};

pub(super) const SET_PINK_SYSTEM_CODE: Measured = Measured {
    time_ps: (4727000, 4205),
    reads: (0, 0),
    writes: (2, 0),
    proof: (0, 0),
};

pub(super) const SET_PRICE_BOUNDS: Measured = Measured {
    time_ps: (3565000, 0),
    reads: (0, 0),
    writes: (1, 0),
    proof: (0, 0),
};

pub(super) const TRANSFER_TO_CLUSTER: Measured = Measured {
    time_ps: (55783000, 0),
    reads: (6, 0),
    writes: (7, 0),
    proof: (6962, 0),
};

pub(super) const UNREGISTER_WORKER: Measured = Measured {
    time_ps: (7291000, 0),
    reads: (1, 0),
    writes: (1, 0),
    proof: (3108, 0),
};

pub(super) const UPDATE_PRICES: Measured = Measured {
    time_ps: (14702000, 0),
    reads: (5, 0),
    writes: (2, 0),
    proof: (5665, 0),
};

pub(super) const UPDATE_SCHEDULE: Measured = Measured {
    time_ps: (14267760, 1505),
    reads: (3, 0),
    writes: (4, 0),
    proof: (3730, 0),
};

pub(super) const UPGRADE_RUNTIME: Measured = Measured {
    time_ps: (20283305, 1377522),
    reads: (4, 1),
    writes: (2, 0),
    proof: (5155, 1145),
};

pub(super) const WITHDRAW_FROM_CLUSTER: Measured = Measured {
    time_ps: (38347000, 0),
    reads: (5, 0),
    writes: (7, 0),
    proof: (5858, 0),
};
