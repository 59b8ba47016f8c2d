package io.robustmq.server.admin;

import java.util.List;

/** A part of the admin API. */
interface Resource {
    /** The name of the group in the reference and of the command of the CLI. */
    String name();

    /** What it offers. */
    List<Endpoint> endpoints();
}
