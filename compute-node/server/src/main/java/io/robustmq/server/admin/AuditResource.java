package io.robustmq.server.admin;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;

/** What administrators did. */
final class AuditResource implements Resource {
    @Override
    public String name() {
        return "audit";
    }

    @Override
    public List<Endpoint> endpoints() {
        return List.of(Endpoint.get(
                "/audit",
                "listAudit",
                "The newest lines of the audit log, newest first.",
                List.of(Paging.LIMIT),
                "who did what, when, from where, and what came of it",
                request -> {
                    try {
                        return Reply.ok(new JsonObject()
                                .put("data", request.node().audit().newest(request.limit())));
                    } catch (IOException failed) {
                        throw new UncheckedIOException(failed);
                    }
                }));
    }
}
