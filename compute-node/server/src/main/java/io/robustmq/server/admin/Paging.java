package io.robustmq.server.admin;

import io.robustmq.server.admin.Endpoint.JsonType;
import io.robustmq.server.admin.Endpoint.Parameter;

/** The parameters of every list. */
final class Paging {
    static final Parameter LIMIT = Parameter.of(
            "limit",
            JsonType.INTEGER,
            "entries of the page, 1.." + Request.LIMIT_MAX + "; " + Request.LIMIT_DEFAULT + " unless said otherwise");
    static final Parameter CURSOR =
            Parameter.of("cursor", JsonType.STRING, "where the page begins: `meta.cursor` of the page before");

    private Paging() {}
}
