package io.robustmq.server.admin;

import io.vertx.core.json.JsonObject;

/** Why a request was not carried out, as RFC 9457 has it. */
final class Problem extends Exception {
    private static final long serialVersionUID = 1L;

    /** Kinds of problems; the codes are those of EMQX where it has them. */
    enum Kind {
        BAD_REQUEST(400, "The request cannot be understood"),
        BAD_TOKEN(401, "A valid token is needed"),
        FORBIDDEN(403, "This is not allowed from there"),
        NOT_FOUND(404, "There is no such thing"),
        METHOD_NOT_ALLOWED(405, "This cannot be done with it"),
        ALREADY_EXISTS(409, "There is one already"),
        TOO_LARGE(413, "The body is too large"),
        EXCEED_LIMIT(429, "A limit is reached"),
        INTERNAL_ERROR(500, "The server failed"),
        SERVICE_UNAVAILABLE(503, "Not at present");

        private final int status;
        private final String title;

        Kind(int status, String title) {
            this.status = status;
            this.title = title;
        }

        int status() {
            return status;
        }
    }

    private final Kind kind;

    Problem(Kind kind, String detail) {
        super(detail, null, false, false);
        this.kind = kind;
    }

    static Problem badRequest(String detail) {
        return new Problem(Kind.BAD_REQUEST, detail);
    }

    static Problem notFound(String detail) {
        return new Problem(Kind.NOT_FOUND, detail);
    }

    Kind kind() {
        return kind;
    }

    JsonObject toJson() {
        return new JsonObject()
                .put("type", "about:blank")
                .put("title", kind.title)
                .put("status", kind.status)
                .put("code", kind.name())
                .put("detail", getMessage());
    }
}
