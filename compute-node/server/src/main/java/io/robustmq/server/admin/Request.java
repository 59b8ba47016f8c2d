package io.robustmq.server.admin;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A request whose caller is known.
 *
 * @param path variable segments, decoded
 * @param query parameters of the query; of one that is repeated the first
 * @param body a {@link JsonObject}, a {@link JsonArray}, or null if there is none
 * @param actor name of the token
 * @param node what is administered
 */
record Request(
        Map<String, String> path,
        Map<String, String> query,
        @Nullable Object body,
        String actor,
        Administration node) {
    /** Items of a page, unless the request says another number. */
    static final int LIMIT_DEFAULT = 100;

    static final int LIMIT_MAX = 10_000;

    /** A variable segment of the path. */
    String segment(String name) {
        String value = path.get(name);
        if (value == null) {
            throw new IllegalStateException("the path has no " + name);
        }
        return value;
    }

    Optional<String> parameter(String name) {
        return Optional.ofNullable(query.get(name)).filter(value -> !value.isEmpty());
    }

    int limit() throws Problem {
        long limit = number("limit", LIMIT_DEFAULT);
        if (limit < 1 || limit > LIMIT_MAX) {
            throw Problem.badRequest("limit must be 1.." + LIMIT_MAX + ": " + limit);
        }
        return (int) limit;
    }

    long number(String name, long absent) throws Problem {
        Optional<String> text = parameter(name);
        try {
            return text.isPresent() ? Long.parseLong(text.orElseThrow()) : absent;
        } catch (NumberFormatException none) {
            throw Problem.badRequest(name + " must be a number: " + text.orElse(""));
        }
    }

    Optional<Boolean> flag(String name) throws Problem {
        Optional<String> text = parameter(name);
        if (text.isEmpty()) {
            return Optional.empty();
        }
        return switch (text.orElseThrow()) {
            case "true" -> Optional.of(true);
            case "false" -> Optional.of(false);
            default -> throw Problem.badRequest(name + " must be true or false: " + text.orElseThrow());
        };
    }

    JsonObject object() throws Problem {
        if (body instanceof JsonObject object) {
            return object;
        }
        throw Problem.badRequest("the body must be a JSON object");
    }

    List<JsonObject> objects() throws Problem {
        if (body instanceof JsonArray array && array.stream().allMatch(JsonObject.class::isInstance)) {
            return array.stream().map(JsonObject.class::cast).toList();
        }
        throw Problem.badRequest("the body must be a JSON array of objects");
    }

    static String text(JsonObject body, String name) throws Problem {
        return textIfThere(body, name).orElseThrow(() -> Problem.badRequest(name + " is missing"));
    }

    static Optional<String> textIfThere(JsonObject body, String name) throws Problem {
        Object value = body.getValue(name);
        if (value == null) {
            return Optional.empty();
        }
        if (value instanceof String text) {
            return Optional.of(text);
        }
        throw Problem.badRequest(name + " must be a string");
    }

    static long number(JsonObject body, String name, long absent, long min, long max) throws Problem {
        Object value = body.getValue(name);
        if (value == null) {
            return absent;
        }
        if (!(value instanceof Integer || value instanceof Long)) {
            throw Problem.badRequest(name + " must be a whole number");
        }
        long number = ((Number) value).longValue();
        if (number < min || number > max) {
            throw Problem.badRequest(name + " must be " + min + ".." + max + ": " + number);
        }
        return number;
    }

    static boolean flag(JsonObject body, String name, boolean absent) throws Problem {
        Object value = body.getValue(name);
        if (value == null) {
            return absent;
        }
        if (value instanceof Boolean flag) {
            return flag;
        }
        throw Problem.badRequest(name + " must be true or false");
    }
}
