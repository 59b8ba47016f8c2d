package io.robustmq.server.admin;

import java.util.Arrays;
import java.util.List;

/**
 * One thing that can be asked of the admin API.
 *
 * @param method of HTTP
 * @param path below {@code /api/v1}; {@code {name}} is one percent-encoded segment
 * @param operation the name of the operation, unique
 * @param summary one sentence
 * @param parameters in path and query
 * @param body fields of the JSON object in the body; empty if there is no body
 * @param answer what a success brings
 * @param work runs on a virtual thread
 */
record Endpoint(
        Method method,
        String path,
        String operation,
        String summary,
        List<Parameter> parameters,
        List<Parameter> body,
        String answer,
        Work work) {

    /** Those that change something are written into the audit log. */
    enum Method {
        GET,
        POST,
        PUT,
        DELETE
    }

    /** Type of a value, in the words of JSON Schema. */
    enum JsonType {
        STRING,
        INTEGER,
        BOOLEAN,
        OBJECT,
        ARRAY
    }

    /** A value of a request. */
    record Parameter(String name, JsonType type, boolean required, String meaning) {
        static Parameter of(String name, JsonType type, String meaning) {
            return new Parameter(name, type, false, meaning);
        }

        static Parameter required(String name, JsonType type, String meaning) {
            return new Parameter(name, type, true, meaning);
        }
    }

    /** What an endpoint does. */
    @FunctionalInterface
    interface Work {
        Reply answer(Request request) throws Problem, InterruptedException;
    }

    Endpoint {
        parameters = List.copyOf(parameters);
        body = List.copyOf(body);
    }

    /** Names of the variable segments of the path. */
    List<String> segments() {
        return Arrays.stream(path.split("/"))
                .filter(segment -> segment.startsWith("{"))
                .map(segment -> segment.substring(1, segment.length() - 1))
                .toList();
    }

    static Endpoint get(
            String path, String operation, String summary, List<Parameter> parameters, String answer, Work work) {
        return new Endpoint(Method.GET, path, operation, summary, parameters, List.of(), answer, work);
    }

    static Endpoint delete(String path, String operation, String summary, Work work) {
        return new Endpoint(Method.DELETE, path, operation, summary, List.of(), List.of(), "204", work);
    }
}
