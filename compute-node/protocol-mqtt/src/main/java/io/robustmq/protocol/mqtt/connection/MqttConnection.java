package io.robustmq.protocol.mqtt.connection;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.robustmq.kernel.CloseReason;
import io.robustmq.kernel.Delivery;
import io.robustmq.kernel.Detach;
import io.robustmq.kernel.KernelFault;
import io.robustmq.kernel.PartingMessage;
import io.robustmq.kernel.PublishOutcome;
import io.robustmq.kernel.Session;
import io.robustmq.kernel.SessionSink;
import io.robustmq.kernel.SubscribeResult;
import io.robustmq.protocol.mqtt.MountPointTemplate;
import io.robustmq.protocol.mqtt.MqttEvent;
import io.robustmq.protocol.mqtt.MqttLimits;
import io.robustmq.protocol.mqtt.codec.AckType;
import io.robustmq.protocol.mqtt.codec.Auth;
import io.robustmq.protocol.mqtt.codec.BinaryData;
import io.robustmq.protocol.mqtt.codec.ConnAck;
import io.robustmq.protocol.mqtt.codec.Connect;
import io.robustmq.protocol.mqtt.codec.DecodeFailure;
import io.robustmq.protocol.mqtt.codec.Disconnect;
import io.robustmq.protocol.mqtt.codec.Packet;
import io.robustmq.protocol.mqtt.codec.PacketDecoder;
import io.robustmq.protocol.mqtt.codec.PacketSink;
import io.robustmq.protocol.mqtt.codec.PacketType;
import io.robustmq.protocol.mqtt.codec.PingReq;
import io.robustmq.protocol.mqtt.codec.PingResp;
import io.robustmq.protocol.mqtt.codec.Properties;
import io.robustmq.protocol.mqtt.codec.Property;
import io.robustmq.protocol.mqtt.codec.ProtocolVersion;
import io.robustmq.protocol.mqtt.codec.PubAck;
import io.robustmq.protocol.mqtt.codec.PubComp;
import io.robustmq.protocol.mqtt.codec.PubRec;
import io.robustmq.protocol.mqtt.codec.PubRel;
import io.robustmq.protocol.mqtt.codec.Publish;
import io.robustmq.protocol.mqtt.codec.PublishView;
import io.robustmq.protocol.mqtt.codec.ReasonCode;
import io.robustmq.protocol.mqtt.codec.Sender;
import io.robustmq.protocol.mqtt.codec.SubAck;
import io.robustmq.protocol.mqtt.codec.Subscribe;
import io.robustmq.protocol.mqtt.codec.UnsubAck;
import io.robustmq.protocol.mqtt.codec.Unsubscribe;
import io.robustmq.protocol.mqtt.codec.Will;
import io.robustmq.protocol.mqtt.observe.ClientDescription;
import io.robustmq.protocol.mqtt.observe.ConnectedClient;
import io.robustmq.protocol.mqtt.observe.TrafficObserver;
import io.robustmq.security.Login;
import io.robustmq.security.access.AccessRequest;
import io.robustmq.security.access.ClientAccess;
import io.robustmq.security.access.Decision;
import io.robustmq.security.access.Subject;
import io.robustmq.security.authentication.AuthenticationExchange;
import io.robustmq.security.authentication.Refusal;
import io.robustmq.security.authentication.Verdict;
import io.robustmq.transport.PauseReason;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One client on one connection: knows where the connection stands ({@link ConnectionState}) and hands each packet and
 * each word of the kernel to the flow it belongs to. Between two packets it holds no bytes except those of a packet that
 * is not complete. Whatever a client sends ends in a packet or a close of this connection, and never in more.
 *
 * <p>Loop only, except where security answers on another thread, which is handed over to the loop.
 */
final class MqttConnection implements PacketSink, SessionSink, Terminator {
    private static final Logger log = LoggerFactory.getLogger(MqttConnection.class);
    private static final long NANOS_PER_MILLI = 1_000_000L;
    private static final int REST_BYTES_MIN = 256;
    private static final PingResp PING_RESPONSE = new PingResp();
    private static final Verdict.Denied NOT_OFFERED =
            new Verdict.Denied(Refusal.BAD_METHOD, "The authentication method is not offered here.");

    private final MqttLoop loop;
    private final Wire wire;
    private final ByteBufAllocator allocator;
    private final PacketDecoder decoder;
    private ConnectionState state = ConnectionState.AwaitingConnect.INSTANCE;

    /** Settled by the CONNECT. */
    private MountPoint mountPoint = MountPoint.NONE;

    /** Bytes that were received and not decoded: an incomplete packet, or more while reading pauses. */
    private @Nullable ByteBuf rest;

    /** Where the registry of the loop has it while it is live. */
    private int place;

    MqttConnection(MqttLoop loop, Wire wire, ByteBufAllocator allocator) {
        this.loop = loop;
        this.wire = wire;
        this.allocator = allocator;
        this.decoder = PacketDecoder.ofClientPackets(wire.origin().listener().packetBytesMax());
    }

    // From the wire.

    /** The connection stands; a CONNECT is to come in time. */
    void opened() {
        wire.watchSilence(loop.settings().limits().connectTimeoutMillis() * NANOS_PER_MILLI);
    }

    /** Bytes arrived; read during the call, released by the caller. */
    void received(ByteBuf in) {
        try {
            ByteBuf incomplete = rest;
            while (incomplete != null && in.isReadable() && isDecoding()) {
                incomplete.writeBytes(in, Math.min(in.readableBytes(), missingBytes(incomplete)));
                incomplete = decodeRest();
            }
            if (incomplete == null && isDecoding()) {
                decoder.decode(in, this);
            }
        } catch (DecodeFailure failure) {
            violated(failure);
        }
        keep(in);
        afterBatch();
    }

    /** What held back reading is gone: goes on with what was received before. */
    void readingResumed() {
        try {
            if (isDecoding()) {
                decodeRest();
            }
        } catch (DecodeFailure failure) {
            violated(failure);
        }
        afterBatch();
    }

    /** Whether a sign of life puts off {@link #silentTooLong}; the time for a CONNECT runs whatever else is sent. */
    boolean isLive() {
        return state instanceof ConnectionState.Live;
    }

    /** The peer drains again. */
    void writableAgain() {
        if (state instanceof ConnectionState.Live live) {
            live.client().session().drained();
        }
    }

    /** Nothing was heard for as long as {@link Wire#watchSilence} allows. */
    void silentTooLong() {
        switch (state) {
            case ConnectionState.AwaitingConnect _ -> {
                loop.counters().event(MqttEvent.CONNECT_TIMEOUT);
                log.debug("No CONNECT in time from {}", wire.peer());
                close();
            }
            case ConnectionState.Authenticating waiting ->
                refuse(waiting.profile(), ReasonCode.SERVER_UNAVAILABLE, "The login was not checked in time.");
            case ConnectionState.Exchanging waiting -> {
                loop.counters().event(MqttEvent.CONNECT_TIMEOUT);
                refuse(waiting.profile(), ReasonCode.NOT_AUTHORIZED, "The challenge was not answered in time.");
            }
            case ConnectionState.Attaching waiting -> {
                waiting.session().detach(Detach.BROKEN);
                refuse(waiting.profile(), ReasonCode.SERVER_UNAVAILABLE, "The session was not attached in time.");
            }
            case ConnectionState.Live live -> {
                if (wire.isOpen()) {
                    loop.counters().event(MqttEvent.KEEP_ALIVE_TIMEOUT);
                    terminate(
                            ReasonCode.KEEP_ALIVE_TIMEOUT,
                            "Nothing was heard for one and a half times the keep alive.");
                } else {
                    // Nobody listened, so silence says nothing of the client.
                    watchKeepAlive(live.client().profile());
                }
            }
            case ConnectionState.Closing _ -> {
                // The wire has its own time limit for parting.
            }
        }
    }

    /** The server stops. */
    void farewell() {
        switch (state) {
            case ConnectionState.AwaitingConnect _ -> close();
            case ConnectionState.Authenticating waiting ->
                refuse(waiting.profile(), ReasonCode.SERVER_UNAVAILABLE, "The server stops.");
            case ConnectionState.Exchanging waiting ->
                refuse(waiting.profile(), ReasonCode.SERVER_UNAVAILABLE, "The server stops.");
            case ConnectionState.Attaching waiting -> {
                waiting.session().detach(Detach.BROKEN);
                refuse(waiting.profile(), ReasonCode.SERVER_UNAVAILABLE, "The server stops.");
            }
            case ConnectionState.Live live -> {
                live.client().session().detach(Detach.BROKEN);
                partFromLive(live.client(), ReasonCode.SERVER_SHUTTING_DOWN, "The server stops.");
            }
            case ConnectionState.Closing _ -> {
                // Is on its way already.
            }
        }
    }

    /** The socket is gone. */
    void lost() {
        ByteBuf incomplete = rest;
        if (incomplete != null) {
            rest = null;
            incomplete.release();
        }
        wire.stopWatching();
        switch (state) {
            case ConnectionState.Live live -> {
                loop.counters().event(MqttEvent.CONNECTION_LOST);
                leaveLive(live.client(), "tcp_closed");
                live.client().session().detach(Detach.BROKEN);
            }
            case ConnectionState.Attaching attaching -> attaching.session().detach(Detach.BROKEN);
            case ConnectionState.AwaitingConnect _,
                    ConnectionState.Authenticating _,
                    ConnectionState.Exchanging _,
                    ConnectionState.Closing _ -> {
                // The kernel knows nothing of this connection, or nothing any more.
            }
        }
        state = ConnectionState.Closing.INSTANCE;
    }

    // From the decoder.

    @Override
    public void publish(PublishView view) throws DecodeFailure {
        LiveClient client = live();
        AccessRequest open = client.inbound().publish(view);
        if (open != null) {
            // The packet comes again when the answer is remembered.
            decoder.putBack();
            wire.shut(PauseReason.UNDECIDED);
            ask(client, List.of(open), answers -> answers.forEach(client.access()::learn));
            return;
        }
        client.spend(view.payloadLength());
        holdBackIfBacklogged(client);
    }

    @Override
    public void ack(AckType type, int packetId, ReasonCode reason) throws DecodeFailure {
        loop.counters().received(type.packetType());
        live().ack(type, packetId, reason);
    }

    @Override
    public void packet(Packet packet) throws DecodeFailure {
        loop.counters().received(packet.type());
        if (packet instanceof Connect connect && state instanceof ConnectionState.AwaitingConnect) {
            connect(connect);
            return;
        }
        if (state instanceof ConnectionState.Exchanging exchanging) {
            exchanged(exchanging, packet);
            return;
        }
        LiveClient client = live();
        TrafficObserver observer = loop.observer();
        if (observer != null) {
            observer.received(client.description(), packet);
        }
        switch (packet) {
            case Subscribe subscribe -> subscribe(client, subscribe, Map.of());
            case Unsubscribe unsubscribe -> {
                client.subscriptions().unsubscribe(unsubscribe);
                holdBackIfBacklogged(client);
            }
            case PingReq _ -> client.writer().write(PING_RESPONSE);
            case Disconnect disconnect -> disconnect(client, disconnect);
            case Connect _ -> throw DecodeFailure.protocolError("A second CONNECT [MQTT-3.1.0-2].");
            case Auth auth -> reauthenticate(client, auth);
            case ConnAck _, Publish _, PubAck _, PubRec _, PubRel _, PubComp _, SubAck _, UnsubAck _, PingResp _ ->
                throw new IllegalStateException("the decoder let a " + packet.type() + " pass as a record");
        }
    }

    // CONNECT.

    private void connect(Connect connect) {
        switch (loop.connectFlow().plan(connect)) {
            case ConnectPlan.Refuse refuse -> refuseBeforeProfile(connect, refuse);
            case ConnectPlan.Proceed proceed -> mount(connect, proceed.profile());
        }
    }

    private void mount(Connect connect, ClientProfile profile) {
        String template = wire.origin().listener().mountPoint();
        if (template == null) {
            authenticate(connect, profile);
            return;
        }
        switch (new MountPointTemplate(template).resolve(profile.clientId(), connect.userName())) {
            case MountPointTemplate.Resolution.Mounted mounted -> {
                mountPoint = new MountPoint(mounted.prefix());
                Will will = connect.will();
                if (will != null && !mountPoint.hasRoomFor(will.topic())) {
                    refuse(profile, ReasonCode.TOPIC_NAME_INVALID, "The will topic is longer than allowed here.");
                } else {
                    authenticate(connect, profile);
                }
            }
            case MountPointTemplate.Resolution.ClientIdUnfit _ ->
                refuse(
                        profile,
                        ReasonCode.CLIENT_IDENTIFIER_NOT_VALID,
                        "On this listener a client identifier is one level of a topic: no /, +, # and no $ in front.");
            case MountPointTemplate.Resolution.UserNameUnfit _ ->
                refuse(
                        profile,
                        ReasonCode.BAD_USER_NAME_OR_PASSWORD,
                        "On this listener a user name is needed and is one level of a topic.");
        }
    }

    private void authenticate(Connect connect, ClientProfile profile) {
        Login login = ConnectFlow.login(connect, profile, wire);
        String method = connect.properties().text(Property.AUTHENTICATION_METHOD);
        if (method != null) {
            beginExchange(connect, profile, login, method);
            return;
        }
        state = new ConnectionState.Authenticating(profile);
        shut(PauseReason.UNDECIDED);
        CompletableFuture<Verdict> verdict = loop.security().login(login).toCompletableFuture();
        if (verdict.isDone()) {
            decided(connect.will(), profile, verdict.join(), null);
            return;
        }
        CompletableFuture<Void> _ = verdict.thenAccept(
                answer -> loop.kernel().loop().execute(() -> decided(connect.will(), profile, answer, null)));
    }

    private void decided(@Nullable Will will, ClientProfile profile, Verdict verdict, @Nullable Proof proof) {
        if (!(state instanceof ConnectionState.Authenticating)) {
            return;
        }
        switch (verdict) {
            case Verdict.Accepted accepted -> {
                ClientAccess access =
                        loop.security().access(accepted.subject(), loop.kernel().loop()::nanoTime);
                admit(will, profile, new Admission(access, accepted.expiresAtMillis(), proof));
            }
            case Verdict.Denied denied -> {
                loop.counters().event(MqttEvent.AUTHENTICATION_FAILED);
                refuse(profile, ReasonCodes.ofRefusal(denied.reason()), denied.sentence());
            }
            case Verdict.Ignored _ -> throw new IllegalStateException("a login is accepted or denied in the end");
        }
    }

    /** The client is who it says it is; its will is an operation like any other. */
    private void admit(@Nullable Will will, ClientProfile profile, Admission admission) {
        if (will == null) {
            attach(null, profile, admission);
            return;
        }
        AccessRequest request = AccessRequest.publish(
                mountPoint.mounted(will.topic()), will.qos().value(), will.retain());
        switch (admission.access().publish(request.topic(), request.qos(), request.retain())) {
            case ALLOWED -> attach(will, profile, admission);
            case DENIED -> refuseWill(profile);
            case UNDECIDED -> {
                CompletableFuture<Void> _ = admission
                        .access()
                        .ask(request)
                        .toCompletableFuture()
                        .thenAccept(answer -> loop.kernel().loop().execute(() -> {
                            if (!(state instanceof ConnectionState.Authenticating)) {
                                return;
                            }
                            if (answer == Decision.ALLOWED) {
                                attach(will, profile, admission);
                            } else {
                                refuseWill(profile);
                            }
                        }));
            }
        }
    }

    private void refuseWill(ClientProfile profile) {
        loop.counters().event(MqttEvent.WILL_DENIED);
        refuse(profile, ReasonCode.NOT_AUTHORIZED, "The will topic is not allowed for this client.");
    }

    private void attach(@Nullable Will will, ClientProfile profile, Admission admission) {
        PartingMessage parting = will == null ? null : WillMapping.toPartingMessage(will, profile, loop, mountPoint);
        state = new ConnectionState.Attaching(
                profile, loop.kernel().attach(loop.connectFlow().attachRequest(profile, parting), this), admission);
    }

    // Extended authentication (MQTT 5.0 section 4.12).

    private void beginExchange(Connect connect, ClientProfile profile, Login login, String method) {
        AuthenticationExchange exchange = loop.security().beginExchange(method);
        Verdict.Denied refused =
                exchange == null ? NOT_OFFERED : loop.security().refusedUnseen(login);
        if (exchange == null || refused != null) {
            state = new ConnectionState.Authenticating(profile);
            decided(null, profile, refused == null ? NOT_OFFERED : refused, null);
            return;
        }
        step(
                new ConnectionState.Exchanging(profile, connect, login, method, exchange),
                exchange.next(ExtendedAuthentication.data(connect.properties())));
    }

    private void exchanged(ConnectionState.Exchanging exchanging, Packet packet) throws DecodeFailure {
        switch (packet) {
            case Auth auth -> {
                ExtendedAuthentication.require(auth, ReasonCode.CONTINUE_AUTHENTICATION, exchanging.method());
                step(exchanging, exchanging.exchange().next(ExtendedAuthentication.data(auth.properties())));
            }
            case Disconnect _ -> close();
            default ->
                throw DecodeFailure.protocolError(
                        "Only AUTH and DISCONNECT may come before the CONNACK [MQTT-3.1.2-30].");
        }
    }

    private void step(ConnectionState.Exchanging exchanging, AuthenticationExchange.Step step) {
        switch (step) {
            case AuthenticationExchange.Step.Challenge challenge -> {
                state = exchanging;
                ClientWriter writer = writer(exchanging.profile());
                if (!writer.write(ExtendedAuthentication.packet(
                        ReasonCode.CONTINUE_AUTHENTICATION, exchanging.method(), challenge.data()))) {
                    refuse(
                            exchanging.profile(),
                            ReasonCode.PACKET_TOO_LARGE,
                            "The challenge is larger than the client takes.");
                }
            }
            case AuthenticationExchange.Step.Proven proven ->
                ended(
                        exchanging,
                        loop.security().proven(exchanging.login(), proven),
                        new Proof(exchanging.method(), BinaryData.copyOf(proven.data())));
            case AuthenticationExchange.Step.Failed failed ->
                ended(exchanging, loop.security().disproven(exchanging.login(), failed), null);
        }
    }

    private void ended(ConnectionState.Exchanging exchanging, Verdict verdict, @Nullable Proof proof) {
        state = new ConnectionState.Authenticating(exchanging.profile());
        shut(PauseReason.UNDECIDED);
        decided(exchanging.connect().will(), exchanging.profile(), verdict, proof);
    }

    /** MQTT 5.0 section 4.12.1: the client proves anew who it is, while everything else goes on. */
    private void reauthenticate(LiveClient client, Auth auth) throws DecodeFailure {
        AuthenticationExchange exchange = client.exchange();
        ExtendedAuthentication.require(
                auth,
                exchange == null ? ReasonCode.RE_AUTHENTICATE : ReasonCode.CONTINUE_AUTHENTICATION,
                client.method());
        String method = String.valueOf(client.method());
        if (exchange == null) {
            exchange = loop.security().beginExchange(method);
        }
        if (exchange == null) {
            throw DecodeFailure.of(
                    ReasonCode.BAD_AUTHENTICATION_METHOD, "The authentication method is not offered any more.");
        }
        client.exchange(exchange);
        Login login = new Login(
                client.access().subject().source(),
                client.profile().clientId(),
                null,
                null,
                wire.address(),
                wire.certificate());
        switch (exchange.next(ExtendedAuthentication.data(auth.properties()))) {
            case AuthenticationExchange.Step.Challenge challenge ->
                client.writer()
                        .write(ExtendedAuthentication.packet(
                                ReasonCode.CONTINUE_AUTHENTICATION, method, challenge.data()));
            case AuthenticationExchange.Step.Proven proven -> {
                client.exchange(null);
                proven(client, method, proven, loop.security().proven(login, proven));
            }
            case AuthenticationExchange.Step.Failed failed -> {
                Verdict _ = loop.security().disproven(login, failed);
                terminate(ReasonCode.NOT_AUTHORIZED, failed.sentence());
            }
        }
    }

    private void proven(LiveClient client, String method, AuthenticationExchange.Step.Proven proven, Verdict verdict) {
        if (!(verdict instanceof Verdict.Accepted accepted)
                || !proven.userName().equals(client.access().subject().userName())) {
            terminate(ReasonCode.NOT_AUTHORIZED, "The new proof is not of the same user, or not accepted.");
            return;
        }
        client.access().become(accepted.subject());
        client.expireAt(accepted.expiresAtMillis());
        loop.counters().event(MqttEvent.RE_AUTHENTICATED);
        client.writer().write(ExtendedAuthentication.packet(ReasonCode.SUCCESS, method, proven.data()));
    }

    // What has to be asked outside.

    private void subscribe(LiveClient client, Subscribe packet, Map<AccessRequest, Decision> answers)
            throws DecodeFailure {
        List<AccessRequest> open = client.subscriptions().subscribe(packet, answers);
        if (open.isEmpty()) {
            holdBackIfBacklogged(client);
            return;
        }
        shut(PauseReason.UNDECIDED);
        ask(client, open, found -> {
            Map<AccessRequest, Decision> all = new HashMap<>(answers);
            all.putAll(found);
            try {
                subscribe(client, packet, all);
            } catch (DecodeFailure failure) {
                violated(failure);
            }
        });
    }

    /** What is to happen with the answers. */
    private interface Answered {
        void with(Map<AccessRequest, Decision> answers);
    }

    /** Asks; when all answers are there and the client still is, goes on with them and reads on. */
    private void ask(LiveClient client, List<AccessRequest> open, Answered then) {
        Map<AccessRequest, CompletableFuture<Decision>> asked = new HashMap<>();
        for (AccessRequest request : open) {
            asked.computeIfAbsent(request, one -> client.access().ask(one).toCompletableFuture());
        }
        CompletableFuture<Void> _ = CompletableFuture.allOf(asked.values().toArray(CompletableFuture[]::new))
                .thenRun(() -> loop.kernel().loop().execute(() -> {
                    if (!(state instanceof ConnectionState.Live live) || live.client() != client) {
                        return;
                    }
                    Map<AccessRequest, Decision> answers = new HashMap<>();
                    asked.forEach((request, answer) -> answers.put(request, answer.join()));
                    wire.open(PauseReason.UNDECIDED);
                    then.with(answers);
                }));
    }

    @Override
    public void attached(Session session, boolean resumed) {
        if (!(state instanceof ConnectionState.Attaching attaching)) {
            throw new IllegalStateException("attached while " + state);
        }
        ClientProfile profile = attaching.profile();
        ClientWriter writer = writer(profile);
        if (!writer.write(loop.connectFlow()
                .welcome(
                        profile,
                        resumed,
                        wire.origin().listener().packetBytesMax(),
                        attaching.admission().proof()))) {
            loop.rejections()
                    .rejected(
                            wire.peer(),
                            profile.clientId(),
                            ReasonCode.PACKET_TOO_LARGE,
                            "The CONNACK is larger than the client takes.");
            session.detach(Detach.BROKEN);
            close();
            return;
        }
        loop.counters().event(MqttEvent.CONNECTED);
        if (resumed) {
            loop.counters().event(MqttEvent.SESSION_RESUMED);
        }
        LiveClient client = new LiveClient(
                profile,
                describe(profile, attaching.admission().access().subject(), resumed),
                session,
                writer,
                loop,
                this,
                attaching.admission(),
                mountPoint);
        state = new ConnectionState.Live(client);
        loop.joined(this, client);
        watchKeepAlive(profile);
        wire.open(PauseReason.UNDECIDED);
    }

    @Override
    public void refused(KernelFault fault) {
        if (state instanceof ConnectionState.Attaching attaching) {
            refuse(attaching.profile(), ReasonCodes.ofAttach(fault), "The session was not attached: " + fault.reason());
        }
    }

    private ClientDescription describe(ClientProfile profile, Subject subject, boolean resumed) {
        return new ClientDescription(
                profile.clientId(),
                subject.userName(),
                subject.address().getHostAddress(),
                wire.origin().remoteAddress() instanceof InetSocketAddress peer ? peer.getPort() : 0,
                wire.origin().listener().name(),
                mountPoint.prefix(),
                profile.version(),
                profile.fresh(),
                resumed,
                profile.keepAliveSeconds(),
                profile.expirySeconds(),
                profile.receiveMaximum(),
                loop.index(),
                loop.kernel().loop().wallMillis());
    }

    /** The registry put it at a place. */
    void registered(int at) {
        place = at;
    }

    /** Describes a live client whose identifier is wanted; null for any other. */
    @Nullable ConnectedClient describe(Predicate<String> wanted) {
        return state instanceof ConnectionState.Live live
                        && wanted.test(live.client().profile().clientId())
                ? new ConnectedClient(
                        live.client().description(), live.client().session().describe())
                : null;
    }

    /** The welcomed client; null before and after. */
    @Nullable LiveClient client() {
        return state instanceof ConnectionState.Live live ? live.client() : null;
    }

    private void watchKeepAlive(ClientProfile profile) {
        if (profile.keepAliveSeconds() == 0) {
            wire.stopWatching();
        } else {
            wire.watchSilence(profile.silenceNanos());
        }
    }

    // From the kernel, for a live client.

    @Override
    public boolean deliver(Delivery delivery) {
        return !(state instanceof ConnectionState.Live live)
                || live.client().outbound().deliver(delivery);
    }

    @Override
    public boolean writable() {
        return wire.writable();
    }

    @Override
    public void receivedLogged(long deliveryId) {
        if (state instanceof ConnectionState.Live live) {
            live.client().outbound().receivedLogged(deliveryId);
        }
    }

    @Override
    public void published(long token, PublishOutcome outcome) {
        if (state instanceof ConnectionState.Live live) {
            live.client().inbound().published(token, outcome);
            letGoIfEased();
        }
    }

    @Override
    public void publishedOnce(int packetId, PublishOutcome outcome) {
        if (state instanceof ConnectionState.Live live) {
            live.client().inbound().publishedOnce(packetId, outcome);
            letGoIfEased();
        }
    }

    @Override
    public void releasedOnce(int packetId, boolean known) {
        if (state instanceof ConnectionState.Live live) {
            live.client().inbound().releasedOnce(packetId, known);
        }
    }

    @Override
    public void subscribed(long token, List<SubscribeResult> results) {
        if (state instanceof ConnectionState.Live live) {
            live.client().subscriptions().subscribed(token, results);
            letGoIfEased();
        }
    }

    @Override
    public void unsubscribed(long token, List<Boolean> existed) {
        if (state instanceof ConnectionState.Live live) {
            live.client().subscriptions().unsubscribed(token, existed);
            letGoIfEased();
        }
    }

    @Override
    public void closed(CloseReason reason) {
        ReasonCode code = ReasonCodes.ofClose(reason);
        switch (state) {
            case ConnectionState.Live live -> {
                if (reason == CloseReason.TAKEN_OVER) {
                    loop.counters().event(MqttEvent.TAKEN_OVER);
                }
                log.debug("{} of {} ended: {}", live.client().profile().clientId(), wire.peer(), reason);
                partFromLive(live.client(), code, "The session ended here: " + reason + ".");
            }
            case ConnectionState.Attaching attaching ->
                refuse(attaching.profile(), ReasonCode.SERVER_UNAVAILABLE, "The session ended: " + reason + ".");
            case ConnectionState.AwaitingConnect _,
                    ConnectionState.Authenticating _,
                    ConnectionState.Exchanging _,
                    ConnectionState.Closing _ -> {
                // No session was attached, or it was given up already.
            }
        }
    }

    @Override
    public void relieved() {
        wire.open(PauseReason.KERNEL_PRESSED);
    }

    // Endings.

    @Override
    public void terminate(ReasonCode reason, String sentence) {
        if (state instanceof ConnectionState.Live live) {
            loop.rejections().rejected(wire.peer(), live.client().profile().clientId(), reason, sentence);
            live.client().session().detach(Detach.BROKEN);
            partFromLive(live.client(), reason, sentence);
        }
    }

    /** MQTT 5.0 §3.14: the client says goodbye. */
    private void disconnect(LiveClient client, Disconnect disconnect) throws DecodeFailure {
        long expiryMillis = Detach.KEEP_EXPIRY;
        if (disconnect.properties().contains(Property.SESSION_EXPIRY_INTERVAL)) {
            long askedSeconds = disconnect.properties().number(Property.SESSION_EXPIRY_INTERVAL, 0);
            if (askedSeconds != 0 && client.profile().expiryAskedSeconds() == 0) {
                throw DecodeFailure.protocolError(
                        "A session without expiry gets one by DISCONNECT (MQTT 5.0 section 3.14.2.2.2).");
            }
            expiryMillis = ClientProfile.expiryMillis(loop.connectFlow().grantedExpirySeconds(askedSeconds));
        }
        loop.counters().event(MqttEvent.DISCONNECTED_BY_CLIENT);
        leaveLive(client, "normal");
        client.session().detach(new Detach(disconnect.reason() == ReasonCode.SUCCESS, expiryMillis));
        close();
    }

    private void violated(DecodeFailure failure) {
        String sentence = String.valueOf(failure.getMessage());
        loop.counters().event(failure.isForeignProtocol() ? MqttEvent.FOREIGN_PROTOCOL : MqttEvent.VIOLATION);
        switch (state) {
            case ConnectionState.Live _ -> terminate(failure.reason(), sentence);
            case ConnectionState.AwaitingConnect _ -> refuseUnread(failure, sentence);
            case ConnectionState.Exchanging exchanging -> refuse(exchanging.profile(), failure.reason(), sentence);
            case ConnectionState.Closing _ -> {
                // The packet at hand ended the connection and broke a rule too; once is enough.
            }
            case ConnectionState.Authenticating _, ConnectionState.Attaching _ ->
                throw new IllegalStateException("a packet was decoded while reading paused", failure);
        }
    }

    /** A CONNECT that cannot be read, or something else in its place. */
    private void refuseUnread(DecodeFailure failure, String sentence) {
        loop.rejections().rejected(wire.peer(), "", failure.reason(), sentence);
        ProtocolVersion version = decoder.version();
        if (version == null && failure.reason() == ReasonCode.UNSUPPORTED_PROTOCOL_VERSION) {
            // In the form that every version of the protocol has in common [MQTT-3.1.2-2].
            version = ProtocolVersion.MQTT_3_1_1;
        }
        if (version != null && !failure.isForeignProtocol()) {
            writeRefusal(
                    new ClientWriter(wire, loop.counters(), version, MqttLimits.PACKET_BYTES_CEILING),
                    failure.reason(),
                    sentence,
                    null);
        }
        loop.counters().event(MqttEvent.CONNECT_REFUSED);
        loop.counters().ending(failure.reason());
        close();
    }

    private void refuseBeforeProfile(Connect connect, ConnectPlan.Refuse refuse) {
        Properties properties = connect.properties();
        ClientWriter writer = new ClientWriter(wire, loop.counters(), connect.version(), (int) Math.min(
                properties.number(Property.MAXIMUM_PACKET_SIZE, MqttLimits.PACKET_BYTES_CEILING),
                MqttLimits.PACKET_BYTES_CEILING));
        boolean told = properties.number(Property.REQUEST_PROBLEM_INFORMATION, 1) == 1;
        refuse(writer, connect.clientId(), told, refuse.reason(), refuse.sentence(), refuse.serverReference());
    }

    private void refuse(ClientProfile profile, ReasonCode reason, String sentence) {
        refuse(writer(profile), profile.clientId(), profile.problemInformation(), reason, sentence, null);
    }

    private void refuse(
            ClientWriter writer,
            String clientId,
            boolean told,
            ReasonCode reason,
            String sentence,
            @Nullable String serverReference) {
        loop.rejections().rejected(wire.peer(), clientId, reason, sentence);
        loop.counters().event(MqttEvent.CONNECT_REFUSED);
        loop.counters().ending(reason);
        writeRefusal(writer, reason, told ? sentence : null, serverReference);
        close();
    }

    /** What makes the packet larger than the client takes is left out, the reason string first. */
    private static void writeRefusal(
            ClientWriter writer, ReasonCode reason, @Nullable String sentence, @Nullable String serverReference) {
        if (!writer.hasProperties()) {
            if (reason.connectReturnCode() != ReasonCode.NO_RETURN_CODE) {
                writer.write(new ConnAck(false, reason, Properties.NONE));
            }
            return;
        }
        ReasonCode legal = reason.isLegalIn(PacketType.CONNACK, Sender.SERVER) ? reason : ReasonCode.UNSPECIFIED_ERROR;
        if (sentence != null && writer.write(new ConnAck(false, legal, explanation(sentence, serverReference)))) {
            return;
        }
        if (serverReference != null && writer.write(new ConnAck(false, legal, explanation(null, serverReference)))) {
            return;
        }
        writer.write(new ConnAck(false, legal, Properties.NONE));
    }

    /** The session is detached or over; tells the client what it can be told. */
    private void partFromLive(LiveClient client, ReasonCode reason, String sentence) {
        loop.counters().event(MqttEvent.DISCONNECTED_BY_SERVER);
        loop.counters().ending(reason);
        leaveLive(client, EndingWords.of(reason));
        ClientWriter writer = client.writer();
        if (writer.hasProperties()) {
            ReasonCode legal =
                    reason.isLegalIn(PacketType.DISCONNECT, Sender.SERVER) ? reason : ReasonCode.UNSPECIFIED_ERROR;
            if (!client.profile().problemInformation()
                    || !writer.write(new Disconnect(legal, explanation(sentence, null)))) {
                writer.write(new Disconnect(legal, Properties.NONE));
            }
        }
        close();
    }

    private void leaveLive(LiveClient client, String word) {
        client.stopExpiry();
        state = ConnectionState.Closing.INSTANCE;
        loop.left(this, client, place, word);
    }

    private void close() {
        state = ConnectionState.Closing.INSTANCE;
        decoder.pause();
        wire.stopWatching();
        wire.closeWhenWritten();
    }

    private static Properties explanation(@Nullable String sentence, @Nullable String serverReference) {
        Properties.Builder properties = Properties.builder();
        if (sentence != null) {
            properties.set(Property.REASON_STRING, sentence);
        }
        if (serverReference != null) {
            properties.set(Property.SERVER_REFERENCE, serverReference);
        }
        return properties.build();
    }

    private ClientWriter writer(ClientProfile profile) {
        return new ClientWriter(wire, loop.counters(), profile.version(), profile.maximumPacketBytes());
    }

    // Reading.

    /** Only a CONNECT is handed on before the client is live, and no two packets within one decoding before that. */
    private LiveClient live() throws DecodeFailure {
        if (state instanceof ConnectionState.Live live) {
            return live.client();
        }
        throw DecodeFailure.protocolError("The first packet is not a CONNECT [MQTT-3.1.0-1].");
    }

    private void shut(PauseReason reason) {
        wire.shut(reason);
        decoder.pause();
    }

    private void holdBackIfBacklogged(LiveClient client) {
        if (state instanceof ConnectionState.Live) {
            client.holdBackIfBacklogged();
        }
        if (!wire.isOpen()) {
            decoder.pause();
        }
    }

    private void letGoIfEased() {
        if (state instanceof ConnectionState.Live live) {
            live.client().letGoIfEased();
        }
    }

    /** While reading pauses, the rest may hold whole packets, which wait for {@link #readingResumed}. */
    private boolean isDecoding() {
        return wire.isOpen() && !(state instanceof ConnectionState.Closing);
    }

    private void afterBatch() {
        if (state instanceof ConnectionState.Live live
                && live.client().session().pressed()) {
            wire.shut(PauseReason.KERNEL_PRESSED);
        }
    }

    /** At least one byte, and never beyond the packet that the rest begins. */
    private int missingBytes(ByteBuf incomplete) {
        return Math.max(1, decoder.pendingPacketBytes() - incomplete.readableBytes());
    }

    /** @return what is left, null if nothing is */
    private @Nullable ByteBuf decodeRest() throws DecodeFailure {
        ByteBuf incomplete = rest;
        if (incomplete == null) {
            return null;
        }
        decoder.decode(incomplete, this);
        if (incomplete.isReadable()) {
            return incomplete;
        }
        rest = null;
        incomplete.release();
        return null;
    }

    private void keep(ByteBuf in) {
        if (state instanceof ConnectionState.Closing) {
            in.skipBytes(in.readableBytes());
            return;
        }
        if (!in.isReadable()) {
            return;
        }
        ByteBuf incomplete = rest;
        if (incomplete == null) {
            // As long as what is there and not as what was announced: announcing costs the client nothing.
            incomplete = allocator.buffer(Math.max(REST_BYTES_MIN, in.readableBytes()));
            rest = incomplete;
        } else {
            incomplete.discardSomeReadBytes();
        }
        incomplete.writeBytes(in);
    }
}
