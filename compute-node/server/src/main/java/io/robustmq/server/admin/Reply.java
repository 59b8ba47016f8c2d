package io.robustmq.server.admin;

import io.vertx.core.json.JsonObject;
import java.nio.file.Path;

/** What an endpoint answers if nothing is wrong. */
sealed interface Reply {
    /** An object with a status of 200 or 201. */
    record Json(int status, JsonObject body) implements Reply {}

    /** Done, and nothing to tell. */
    record Done() implements Reply {}

    /** A text file to be saved under a name. */
    record Download(Path file, String name) implements Reply {}

    static Reply ok(JsonObject body) {
        return new Json(200, body);
    }
}
