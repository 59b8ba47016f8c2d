package io.robustmq.server.admin;

import io.robustmq.server.admin.Endpoint.JsonType;
import io.robustmq.server.admin.Endpoint.Parameter;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Locale;

/** The OpenAPI 3.1 document of the endpoints. */
final class OpenApi {
    private OpenApi() {}

    static JsonObject document(List<Resource> resources, String version) {
        JsonObject paths = new JsonObject();
        JsonArray tags = new JsonArray();
        for (Resource resource : resources) {
            tags.add(new JsonObject().put("name", resource.name()));
            for (Endpoint endpoint : resource.endpoints()) {
                String path = AdminApi.PREFIX + endpoint.path();
                if (!paths.containsKey(path)) {
                    paths.put(path, new JsonObject());
                }
                paths.getJsonObject(path)
                        .put(endpoint.method().name().toLowerCase(Locale.ROOT), operation(resource, endpoint));
            }
        }
        return new JsonObject()
                .put("openapi", "3.1.0")
                .put("info", new JsonObject().put("title", "RobustMQ admin API").put("version", version))
                .put("security", new JsonArray().add(new JsonObject().put("token", new JsonArray())))
                .put("tags", tags)
                .put("paths", paths)
                .put(
                        "components",
                        new JsonObject()
                                .put(
                                        "securitySchemes",
                                        new JsonObject()
                                                .put(
                                                        "token",
                                                        new JsonObject()
                                                                .put("type", "http")
                                                                .put("scheme", "bearer")))
                                .put("schemas", new JsonObject().put("Problem", problem())));
    }

    private static JsonObject operation(Resource resource, Endpoint endpoint) {
        JsonArray parameters = new JsonArray();
        for (String segment : endpoint.segments()) {
            parameters.add(parameter("path", Parameter.required(segment, JsonType.STRING, "percent-encoded")));
        }
        endpoint.parameters().forEach(one -> parameters.add(parameter("query", one)));
        JsonObject operation = new JsonObject()
                .put("operationId", endpoint.operation())
                .put("summary", endpoint.summary())
                .put("tags", new JsonArray().add(resource.name()))
                .put("parameters", parameters);
        if (!endpoint.body().isEmpty()) {
            operation.put(
                    "requestBody",
                    content("application/json", body(endpoint.body())).put("required", true));
        }
        JsonObject success = endpoint.answer().equals("text/plain")
                ? content("text/plain", new JsonObject().put("type", "string"))
                : endpoint.answer().equals("204")
                        ? new JsonObject()
                        : content("application/json", new JsonObject().put("type", "object"));
        return operation.put(
                "responses",
                new JsonObject()
                        .put(
                                endpoint.answer().equals("204") ? "204" : "2XX",
                                success.put(
                                        "description", endpoint.answer().equals("204") ? "done" : endpoint.answer()))
                        .put(
                                "default",
                                content(
                                                "application/problem+json",
                                                new JsonObject().put("$ref", "#/components/schemas/Problem"))
                                        .put("description", "a problem (RFC 9457)")));
    }

    private static JsonObject parameter(String in, Parameter one) {
        return new JsonObject()
                .put("name", one.name())
                .put("in", in)
                .put("required", one.required())
                .put("description", one.meaning())
                .put("schema", type(one));
    }

    private static JsonObject body(List<Parameter> fields) {
        if (fields.getFirst().name().equals("[]")) {
            return new JsonObject().put("type", "array").put("items", new JsonObject().put("type", "object"));
        }
        JsonObject properties = new JsonObject();
        JsonArray required = new JsonArray();
        for (Parameter field : fields) {
            properties.put(field.name(), type(field).put("description", field.meaning()));
            if (field.required()) {
                required.add(field.name());
            }
        }
        return new JsonObject()
                .put("type", "object")
                .put("properties", properties)
                .put("required", required);
    }

    private static JsonObject type(Parameter one) {
        return new JsonObject().put("type", one.type().name().toLowerCase(Locale.ROOT));
    }

    private static JsonObject content(String type, JsonObject schema) {
        return new JsonObject().put("content", new JsonObject().put(type, new JsonObject().put("schema", schema)));
    }

    private static JsonObject problem() {
        JsonObject text = new JsonObject().put("type", "string");
        return new JsonObject()
                .put("type", "object")
                .put(
                        "properties",
                        new JsonObject()
                                .put("type", text)
                                .put("title", text)
                                .put("status", new JsonObject().put("type", "integer"))
                                .put("code", text)
                                .put("detail", text));
    }
}
