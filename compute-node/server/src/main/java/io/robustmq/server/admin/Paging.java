package io.robustmq.server.admin;

import io.robustmq.server.admin.Endpoint.Parameter;
import io.robustmq.server.admin.Endpoint.Type;

/** The parameters of every list. */
final class Paging {
    static final Parameter LIMIT = Parameter.of(
            "limit",
            Type.INTEGER,
            "entries of the page, 1.." + Request.LIMIT_MAX + "; " + Request.LIMIT_DEFAULT + " unless said otherwise");
    static final Parameter CURSOR =
            Parameter.of("cursor", Type.STRING, "where the page begins: `meta.cursor` of the page before");

    private Paging() {}
}
