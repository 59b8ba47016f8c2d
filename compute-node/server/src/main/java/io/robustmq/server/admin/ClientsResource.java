package io.robustmq.server.admin;

import io.robustmq.protocol.mqtt.codec.ReasonCode;
import io.robustmq.protocol.mqtt.observe.ClientDescription;
import io.robustmq.protocol.mqtt.observe.ClientPortion;
import io.robustmq.protocol.mqtt.observe.ConnectedClient;
import io.robustmq.server.admin.Endpoint.JsonType;
import io.robustmq.server.admin.Endpoint.Parameter;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;

/** Connected clients. */
final class ClientsResource implements Resource {
    @Override
    public String name() {
        return "clients";
    }

    @Override
    public List<Endpoint> endpoints() {
        return List.of(
                Endpoint.get(
                        "/clients",
                        "listClients",
                        "Connected clients, in the order of their identifiers.",
                        List.of(
                                Parameter.of("clientid", JsonType.STRING, "exactly this identifier"),
                                Parameter.of("like_clientid", JsonType.STRING, "identifiers that contain this"),
                                Parameter.of("username", JsonType.STRING, "exactly this user name"),
                                Parameter.of("ip_address", JsonType.STRING, "exactly this address"),
                                Paging.LIMIT,
                                Paging.CURSOR),
                        "a page of clients",
                        ClientsResource::list),
                Endpoint.get(
                        "/clients/{clientid}",
                        "getClient",
                        "One connected client.",
                        List.of(),
                        "a client",
                        request -> Reply.ok(toJson(request, find(request)))),
                Endpoint.delete(
                        "/clients/{clientid}",
                        "kickClient",
                        "Ends the connection of a client with reason 0x98; its session stays.",
                        ClientsResource::kick),
                Endpoint.get(
                        "/clients/{clientid}/subscriptions",
                        "getClientSubscriptions",
                        "What a connected client is subscribed to.",
                        List.of(),
                        "subscriptions",
                        request -> {
                            ConnectedClient client = find(request);
                            JsonArray data = new JsonArray();
                            client.attachment()
                                    .subscriptions()
                                    .forEach(one -> data.add(SubscriptionsResource.toJson(
                                            client.client().clientId(), true, one)));
                            return Reply.ok(new JsonObject().put("data", data));
                        }));
    }

    private static Reply list(Request request) throws Problem, InterruptedException {
        Page<ConnectedClient> page = new Page<>(request.parameter("cursor").orElse(""), request.limit());
        Optional<String> exactly = request.parameter("clientid");
        Optional<String> like = request.parameter("like_clientid");
        Optional<String> user = request.parameter("username");
        Optional<String> address = request.parameter("ip_address");
        walk(
                request.node(),
                id -> page.takes(id)
                        && exactly.map(id::equals).orElse(true)
                        && like.map(id::contains).orElse(true),
                found -> {
                    ClientDescription client = found.client();
                    if (user.map(wanted -> wanted.equals(client.userName())).orElse(true)
                            && address.map(client.address()::equals).orElse(true)) {
                        page.add(client.clientId(), found);
                    }
                });
        return Reply.ok(page.toJson(one -> toJson(request, one)));
    }

    /** Meets every connected client; {@code wanted} is asked on home loops, {@code found} is told on this thread. */
    static void walk(Administration node, Predicate<String> wanted, Consumer<ConnectedClient> found)
            throws Problem, InterruptedException {
        for (int loop = 0; loop < node.mqtt().loops(); loop++) {
            int from = Integer.MAX_VALUE;
            while (from != ClientPortion.END) {
                ClientPortion portion = Waiting.on(node.mqtt().clients(loop, from, wanted));
                portion.clients().forEach(found);
                from = portion.next();
            }
        }
    }

    private static ConnectedClient find(Request request) throws Problem, InterruptedException {
        String clientId = request.segment("clientid");
        return Waiting.on(request.node().mqtt().client(clientId))
                .orElseThrow(() -> Problem.notFound("no client " + clientId + " is connected"));
    }

    private static Reply kick(Request request) throws Problem, InterruptedException {
        String clientId = request.segment("clientid");
        if (!Waiting.on(request.node()
                .mqtt()
                .end(clientId, ReasonCode.ADMINISTRATIVE_ACTION, "An administrator ended the connection."))) {
            throw Problem.notFound("no client " + clientId + " is connected");
        }
        return new Reply.Done();
    }

    private static JsonObject toJson(ConnectedClient found) {
        ClientDescription client = found.client();
        return new JsonObject()
                .put("clientid", client.clientId())
                .put("username", client.userName())
                .put("connected", true)
                .put("ip_address", client.address())
                .put("port", client.port())
                .put("listener", client.listener())
                .put("mountpoint", client.mountPoint())
                .put("proto_name", client.version().protocolName())
                .put("proto_ver", client.version().level())
                .put("keepalive", client.keepAliveSeconds())
                .put("clean_start", client.cleanStart())
                .put("session_present", client.resumed())
                .put("expiry_interval", client.expirySeconds())
                .put("receive_maximum", client.receiveMaximum())
                .put(
                        "connected_at",
                        Instant.ofEpochMilli(client.connectedAtMillis()).toString())
                .put("durable", found.attachment().durable())
                .put("subscriptions_cnt", found.attachment().subscriptions().size())
                .put("inflight_cnt", found.attachment().unsettled())
                .put("mqueue_len", found.attachment().waiting())
                .put("loop", client.loop());
    }

    private static JsonObject toJson(Request request, ConnectedClient found) {
        return toJson(found).put("node", request.node().settings().nodeName());
    }
}
