//! Measured by the example `weights` of `runtime-mock`; not to be edited.

use super::Measured;

pub(super) const ACKNOWLEDGE: Measured = Measured {
    time_ps: (8454598, 9039052),
    reads: (7, 3),
    writes: (2, 1),
    proof: (8376, 3072),
};

pub(super) const ACKNOWLEDGE_EFFECTS: Measured = Measured {
    time_ps: (28581070, 1069935),
    reads: (10, 1),
    writes: (4, 0),
    proof: (13518, 1174),
};

pub(super) const ADD_CLUSTER: Measured = Measured {
    time_ps: (34095690, 2960140),
    reads: (9, 1),
    writes: (11, 1),
    proof: (9693, 1182),
};

pub(super) const ADD_WORKER_TO_CLUSTER: Measured = Measured {
    time_ps: (5418000, 0),
    reads: (5, 0),
    writes: (3, 0),
    proof: (6057, 0),
};

pub(super) const AMEND: Measured = Measured {
    time_ps: (7110000, 0),
    reads: (8, 0),
    writes: (1, 0),
    proof: (10273, 0),
};

pub(super) const ANNOUNCE_ENGINES: Measured = Measured {
    time_ps: (2284000, 0),
    reads: (1, 0),
    writes: (1, 0),
    proof: (1027, 0),
};

pub(super) const CALL_CONTRACT: Measured = Measured {
    time_ps: (13150000, 2481),
    reads: (5, 0),
    writes: (6, 0),
    proof: (5858, 0),
};

pub(super) const CANCEL_UPGRADE: Measured = Measured {
    time_ps: (3195000, 0),
    reads: (2, 0),
    writes: (2, 0),
    proof: (2214, 0),
};

pub(super) const CLAIM_SURCHARGE: Measured = Measured {
    time_ps: (13520000, 0),
    reads: (5, 0),
    writes: (5, 0),
    proof: (6643, 0),
};

pub(super) const CLAIM_WITHDRAWAL: Measured = Measured {
    time_ps: (16124000, 0),
    reads: (5, 0),
    writes: (5, 0),
    proof: (5409, 0),
};

pub(super) const CLUSTER_DESTROY: Measured = Measured {
    time_ps: (21506036, 979486),
    reads: (7, 1),
    writes: (11, 1),
    proof: (7910, 1148),
};

pub(super) const CLUSTER_UPLOAD_RESOURCE: Measured = Measured {
    time_ps: (6387976, 3856),
    reads: (4, 0),
    writes: (5, 0),
    proof: (4834, 0),
};

pub(super) const CONFIRM: Measured = Measured {
    time_ps: (28066793, 13511287),
    reads: (13, 1),
    writes: (7, 2),
    proof: (15463, 1118),
};

pub(super) const INSTANTIATE_CONTRACT: Measured = Measured {
    time_ps: (13330000, 4343),
    reads: (5, 0),
    writes: (6, 0),
    proof: (5858, 0),
};

pub(super) const ON_FINALIZE: Measured = Measured {
    time_ps: (56470321, 6830253),
    reads: (67, 4),
    writes: (0, 4),
    proof: (102248, 4353),
};

pub(super) const ON_INITIALIZE: Measured = Measured {
    time_ps: (812000, 7792267),
    reads: (4, 3),
    writes: (1, 6),
    proof: (4794, 3366),
};

pub(super) const PRUNE: Measured = Measured {
    time_ps: (12074173, 698835),
    reads: (2, 0),
    writes: (1, 1),
    proof: (2309, 0),
};

pub(super) const REGISTER_ENGINE: Measured = Measured {
    time_ps: (2149817, 669991),
    reads: (2, 1),
    writes: (2, 1),
    proof: (2048, 1024),
};

pub(super) const REGISTER_WORKER: Measured = Measured {
    time_ps: (1883000, 0),
    reads: (1, 0),
    writes: (1, 0),
    proof: (1024, 0),
};

pub(super) const REMOVE_CODE: Measured = Measured {
    time_ps: (11917000, 0),
    reads: (4, 0),
    writes: (5, 0),
    proof: (4834, 0),
};

pub(super) const REMOVE_WORKER_FROM_CLUSTER: Measured = Measured {
    time_ps: (13089000, 0),
    reads: (8, 0),
    writes: (5, 0),
    proof: (9331, 0),
};

pub(super) const REPLACE_ENGINE: Measured = Measured {
    time_ps: (6187347, 810788),
    reads: (2, 1),
    writes: (9, 1),
    proof: (2049, 1024),
};

pub(super) const REPORT_PARKED: Measured = Measured {
    time_ps: (8803000, 0),
    reads: (4, 0),
    writes: (2, 0),
    proof: (5692, 0),
};

pub(super) const RESOLVE_DIVERGENCE: Measured = Measured {
    time_ps: (28313000, 0),
    reads: (9, 0),
    writes: (6, 0),
    proof: (11280, 0),
};

pub(super) const RESOLVE_IN_FAVOUR: Measured = Measured {
    time_ps: (25719000, 0),
    reads: (9, 0),
    writes: (6, 0),
    proof: (11280, 0),
};

pub(super) const SERVE_OWNER: Measured = Measured {
    time_ps: (1702000, 0),
    reads: (1, 0),
    writes: (1, 0),
    proof: (1027, 0),
};

pub(super) const SET_ENGINE_STATUS: Measured = Measured {
    time_ps: (2453000, 0),
    reads: (1, 0),
    writes: (1, 0),
    proof: (1433, 0),
};

pub(super) const SET_PINK_RUNTIME_VERSION: Measured = Measured {
    time_ps: (2324000, 0),
    reads: (1, 0),
    writes: (1, 0),
    proof: (1433, 0),
};

pub(super) const SET_PINK_SYSTEM_CODE: Measured = Measured {
    time_ps: (4542564, 2255),
    reads: (0, 0),
    writes: (2, 0),
    proof: (0, 0),
};

pub(super) const SET_PRICE_BOUNDS: Measured = Measured {
    time_ps: (1252000, 0),
    reads: (0, 0),
    writes: (1, 0),
    proof: (0, 0),
};

pub(super) const TRANSFER_TO_CLUSTER: Measured = Measured {
    time_ps: (23054000, 0),
    reads: (7, 0),
    writes: (8, 0),
    proof: (8008, 0),
};

pub(super) const UNREGISTER_WORKER: Measured = Measured {
    time_ps: (2434000, 0),
    reads: (1, 0),
    writes: (1, 0),
    proof: (3108, 0),
};

pub(super) const UPDATE_PRICES: Measured = Measured {
    time_ps: (4828000, 0),
    reads: (5, 0),
    writes: (2, 0),
    proof: (5665, 0),
};

pub(super) const UPDATE_SCHEDULE: Measured = Measured {
    time_ps: (5421332, 1268),
    reads: (3, 0),
    writes: (4, 0),
    proof: (3730, 0),
};

pub(super) const UPGRADE_RUNTIME: Measured = Measured {
    time_ps: (5875302, 582311),
    reads: (4, 1),
    writes: (2, 0),
    proof: (5155, 1148),
};

pub(super) const WITHDRAW_FROM_CLUSTER: Measured = Measured {
    time_ps: (13159000, 0),
    reads: (5, 0),
    writes: (7, 0),
    proof: (5858, 0),
};

// Not measured yet: by analogy with `add_worker_to_cluster`, which reads and writes more.

pub(super) const SET_WORKER_KEY: Measured = Measured {
    time_ps: (5418000, 0),
    reads: (3, 0),
    writes: (1, 0),
    proof: (7200, 0),
};

pub(super) const COMMIT_CLUSTER_KEY: Measured = Measured {
    time_ps: (5418000, 0),
    reads: (2, 0),
    writes: (1, 0),
    proof: (3500, 0),
};

pub(super) const SHARE_CLUSTER_KEY: Measured = Measured {
    time_ps: (10836000, 0),
    reads: (4, 0),
    writes: (1, 0),
    proof: (8200, 0),
};
