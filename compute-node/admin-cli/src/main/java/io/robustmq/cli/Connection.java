package io.robustmq.cli;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where the server is and how it lets this program in. */
final class Connection {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final int UNAUTHORIZED = 401;
    private static final int FORBIDDEN = 403;

    @Option(
            names = "--url",
            paramLabel = "URL",
            description = "where the HTTP port is; $ROBUSTMQ_URL, or http://127.0.0.1:8080")
    @Nullable String url;

    @Option(names = "--token", paramLabel = "TOKEN", description = "the token; $ROBUSTMQ_TOKEN")
    @Nullable String token;

    @Option(
            names = "--token-file",
            paramLabel = "FILE",
            description = "a file with the token; admin/token in $ROBUSTMQ_DATA, or in ./data/standalone")
    @Nullable Path tokenFile;

    @Option(names = "--json", description = "print the JSON that the server answered")
    boolean json;

    /** Query parameters in their order, without those that are null. */
    static Map<String, String> query(@Nullable Object... namesAndValues) {
        Map<String, String> query = new LinkedHashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            Object value = namesAndValues[i + 1];
            if (value != null) {
                query.put(String.valueOf(namesAndValues[i]), value.toString());
            }
        }
        return query;
    }

    static String encoded(String segment) {
        return URLEncoder.encode(segment, StandardCharsets.UTF_8).replace("+", "%20");
    }

    /** Sends a request; what comes back is the text of a success. */
    String send(String method, String path, Map<String, String> query, @Nullable Object body) throws CommandFailure {
        StringBuilder target = new StringBuilder(base()).append("/api/v1").append(path);
        char separator = '?';
        for (Map.Entry<String, String> one : query.entrySet()) {
            target.append(separator).append(one.getKey()).append('=').append(encoded(one.getValue()));
            separator = '&';
        }
        HttpRequest.Builder request;
        try {
            request = HttpRequest.newBuilder(URI.create(target.toString()));
        } catch (IllegalArgumentException none) {
            throw new CommandFailure(ExitCode.USAGE, "--url is no address: " + none.getMessage());
        }
        request.timeout(LIMIT)
                .header("Authorization", "Bearer " + token())
                .method(
                        method,
                        body == null
                                ? HttpRequest.BodyPublishers.noBody()
                                : HttpRequest.BodyPublishers.ofString(JsonTree.write(body, false)));
        if (body != null) {
            request.header("Content-Type", "application/json");
        }
        HttpResponse<String> response;
        try (HttpClient client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(LIMIT)
                .build()) {
            response = client.send(request.build(), HttpResponse.BodyHandlers.ofString());
        } catch (IOException unreachable) {
            throw new CommandFailure(
                    ExitCode.UNREACHABLE, "The server at " + base() + " cannot be reached: " + unreachable + ".");
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new CommandFailure(ExitCode.UNREACHABLE, "Interrupted.");
        }
        if (response.statusCode() >= 300) {
            throw refused(response);
        }
        return response.body();
    }

    private CommandFailure refused(HttpResponse<String> response) {
        String detail;
        try {
            detail = JsonTree.read(response.body()) instanceof Map<?, ?> problem && problem.get("detail") != null
                    ? problem.get("title") + ": " + problem.get("detail")
                    : "";
        } catch (IOException none) {
            detail = "";
        }
        if (detail.isEmpty()) {
            return new CommandFailure(
                    ExitCode.UNREACHABLE,
                    "What answers at " + base() + " is not the admin API: status " + response.statusCode() + ".");
        }
        int status = response.statusCode();
        return new CommandFailure(
                status == UNAUTHORIZED || status == FORBIDDEN ? ExitCode.TOKEN : ExitCode.REFUSED, detail + ".");
    }

    private String base() {
        String given = url == null ? System.getenv().getOrDefault("ROBUSTMQ_URL", "http://127.0.0.1:8080") : url;
        return given.endsWith("/") ? given.substring(0, given.length() - 1) : given;
    }

    private String token() throws CommandFailure {
        String given = token == null && tokenFile == null ? System.getenv("ROBUSTMQ_TOKEN") : token;
        if (given == null) {
            Path data = Path.of(System.getenv().getOrDefault("ROBUSTMQ_DATA", "data/standalone"));
            Path file = tokenFile == null ? data.resolve("admin").resolve("token") : tokenFile;
            try {
                given = Files.readString(file).strip();
            } catch (IOException unreadable) {
                throw new CommandFailure(
                        ExitCode.TOKEN,
                        "The token file " + file + " cannot be read; name one with --token-file, or set"
                                + " $ROBUSTMQ_TOKEN.");
            }
        }
        if (given.isEmpty() || !given.chars().allMatch(c -> c > ' ' && c < 0x7f)) {
            throw new CommandFailure(ExitCode.TOKEN, "The token has characters that a token cannot have.");
        }
        return given;
    }
}
