package io.robustmq.acceptance.security;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/** An HTTP service that decides by what user names and topics begin with. */
final class AccessService implements AutoCloseable {
    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final AtomicInteger accessQuestions = new AtomicInteger();

    AccessService() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/who", exchange -> answer(exchange, who(body(exchange))));
        server.createContext("/what", exchange -> {
            accessQuestions.incrementAndGet();
            answer(exchange, what(body(exchange)));
        });
        server.start();
    }

    String url(String path) {
        return "http://127.0.0.1:" + server.getAddress().getPort() + path;
    }

    /** How often it was asked what somebody may do. */
    int accessQuestions() {
        return accessQuestions.get();
    }

    private static String who(String question) {
        if (question.contains("\"username\":\"root\"")) {
            return "{\"result\":\"allow\",\"is_superuser\":true}";
        }
        if (question.contains("\"username\":\"listed\"")) {
            return "{\"result\":\"allow\",\"acl\":[{\"permission\":\"allow\",\"action\":\"publish\",\"topic\":\"mine/#\"}]}";
        }
        if (question.contains("\"username\":\"ann\",\"password\":\"p\\\"q\"")) {
            return "{\"result\":\"allow\"}";
        }
        if (question.contains("\"username\":\"nobody\"")) {
            return "{\"result\":\"ignore\"}";
        }
        return question.contains("\"username\":\"broken\"") ? "no json" : "{\"result\":\"deny\"}";
    }

    private static String what(String question) {
        if (question.contains("\"topic\":\"ok")) {
            return "{\"result\":\"allow\"}";
        }
        return question.contains("\"topic\":\"broken") ? "{}" : "{\"result\":\"deny\"}";
    }

    private static String body(HttpExchange exchange) throws IOException {
        return new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    }

    private static void answer(HttpExchange exchange, String text) throws IOException {
        try (exchange) {
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, bytes.length);
            exchange.getResponseBody().write(bytes);
        }
    }

    @Override
    public void close() {
        server.stop(0);
        threads.close();
    }
}
