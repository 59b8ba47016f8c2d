package io.robustmq.security.node;

import io.robustmq.security.Login;
import io.robustmq.security.SecurityCounters;
import io.robustmq.security.SecurityEvent;
import io.robustmq.security.access.AccessPolicy;
import io.robustmq.security.access.Authorizer;
import io.robustmq.security.access.Cidr;
import io.robustmq.security.access.ClientAccess;
import io.robustmq.security.access.RuleSyntaxException;
import io.robustmq.security.access.Subject;
import io.robustmq.security.authentication.AuthenticationChain;
import io.robustmq.security.authentication.AuthenticationExchange;
import io.robustmq.security.authentication.AuthenticationSource;
import io.robustmq.security.authentication.Refusal;
import io.robustmq.security.authentication.Verdict;
import io.robustmq.security.ban.Ban;
import io.robustmq.security.ban.BanList;
import io.robustmq.security.ban.Occurrences;
import io.robustmq.security.certificate.CertificateSource;
import io.robustmq.security.http.HttpAuthorizer;
import io.robustmq.security.http.HttpSource;
import io.robustmq.security.rate.ClientRates;
import io.robustmq.security.scram.ScramKeys;
import io.robustmq.security.scram.ScramServer;
import io.robustmq.security.token.TokenSource;
import io.robustmq.security.user.PasswordFile;
import io.robustmq.security.user.UserStore;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Security of one node, as protocol adapters ask for it. Any thread; only {@link #start} and {@link #close} block.
 *
 * <p>A login passes, in this order: bans of address, client identifier and claimed name; the guard against guessing; the
 * chain; the ban of the proven name.
 */
public final class NodeSecurity implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(NodeSecurity.class);

    /** Clients and addresses that are watched at once for coming and going, and for guessing. */
    private static final int WATCHED_MAX = 100_000;

    /** What one customer commonly has, so that nobody has more tries by having more addresses (RFC 6177). */
    private static final int IPV6_SITE_BITS = 64;

    private static final String FLAPPING = "flapping";
    private static final Verdict.Denied BANNED = new Verdict.Denied(Refusal.BANNED, "The client is banned.");
    private static final Verdict.Denied THROTTLED =
            new Verdict.Denied(Refusal.TOO_MANY_FAILURES, "Too many logins from this address failed; try again later.");

    /** Its name as a source of subjects. */
    static final String SCRAM = "scram";

    private final SecuritySettings settings;
    private final SecurityCounters counters;
    private final AuthenticationChain chain;
    private final AccessPolicy policy;
    private final BanList bans;
    private final @Nullable UserStore users;
    private final @Nullable ScramServer scram;
    private final Occurrences<String> disconnects;
    private final Occurrences<Cidr> failures;
    private final LongSupplier wallMillis;
    private final ExecutorService workers;
    private final @Nullable HttpClient http;
    private final @Nullable ScheduledExecutorService clock;
    private final List<Consumer<Predicate<Subject>>> watchers = new CopyOnWriteArrayList<>();
    private final SecurityAdmin admin;

    private NodeSecurity(
            SecuritySettings settings,
            SecurityCounters counters,
            AuthenticationChain chain,
            AccessPolicy policy,
            BanList bans,
            @Nullable UserStore users,
            @Nullable RuleFile rules,
            LongSupplier wallMillis,
            ExecutorService workers,
            @Nullable HttpClient http) {
        this.settings = settings;
        this.counters = counters;
        this.chain = chain;
        this.policy = policy;
        this.bans = bans;
        this.users = users;
        this.wallMillis = wallMillis;
        this.workers = workers;
        this.http = http;
        this.scram = users != null && settings.authentication().scram()
                ? new ScramServer(users::find, new SecureRandom())
                : null;
        this.disconnects = new Occurrences<>(settings.flapping().window().toNanos(), WATCHED_MAX, System::nanoTime);
        this.failures = new Occurrences<>(settings.guessing().window().toNanos(), WATCHED_MAX, System::nanoTime);
        this.admin = new NodeSecurityAdmin(policy, users, rules, bans, new AuditLog(wallMillis), this::expel);
        this.clock = rules == null ? null : watch(rules, settings.authorization());
    }

    private static ScheduledExecutorService watch(RuleFile rules, SecuritySettings.Authorization settings) {
        ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor(
                Thread.ofPlatform().daemon().name("security-rules").factory());
        long nanos = settings.checkInterval().toNanos();
        ScheduledFuture<?> _ = clock.scheduleWithFixedDelay(rules::loadIfChanged, nanos, nanos, TimeUnit.NANOSECONDS);
        return clock;
    }

    /** Sets everything up; blocks for reading files. */
    public static NodeSecurity start(SecuritySettings settings) throws SecurityStartException {
        SecurityCounters counters = new SecurityCounters();
        ExecutorService workers = Executors.newThreadPerTaskExecutor(
                Thread.ofVirtual().name("security-", 0).factory());
        SecuritySettings.Authentication authentication = settings.authentication();
        boolean asksOverHttp = authentication.callback().isPresent()
                || settings.authorization().callback().isPresent()
                || authentication.tokens().isPresent();
        HttpClient http = asksOverHttp
                ? HttpClient.newBuilder()
                        .executor(workers)
                        .followRedirects(HttpClient.Redirect.NEVER)
                        .build()
                : null;
        boolean started = false;
        try {
            UserStore users = authentication.chain().contains(SourceKind.USERS) ? users(settings, workers) : null;
            List<AuthenticationSource> sources = new ArrayList<>();
            for (SourceKind kind : authentication.chain()) {
                sources.add(source(kind, settings, counters, users, workers, http));
            }
            Authorizer authorizer = settings.authorization()
                    .callback()
                    .<Authorizer>map(
                            callback -> new HttpAuthorizer(callback, counters, required(http), System::nanoTime))
                    .orElse(null);
            AccessPolicy policy =
                    new AccessPolicy(counters, settings.authorization().otherwise(), authorizer);
            RuleFile rules = rules(settings, policy, counters);
            BanList bans = BanList.open(
                    settings.directory()
                            .map(directory -> directory.resolve("bans"))
                            .orElse(null),
                    System::currentTimeMillis);
            NodeSecurity security = new NodeSecurity(
                    settings,
                    counters,
                    new AuthenticationChain(sources, authentication.timeout()),
                    policy,
                    bans,
                    users,
                    rules,
                    System::currentTimeMillis,
                    workers,
                    http);
            started = true;
            return security;
        } catch (IOException | IllegalArgumentException unusable) {
            throw new SecurityStartException("Security cannot be set up: " + unusable.getMessage(), unusable);
        } finally {
            if (!started) {
                stop(workers, http);
            }
        }
    }

    /** Everybody may connect and do everything. */
    public static NodeSecurity open() {
        return of(List.of(AuthenticationSource.anonymous()), SecuritySettings.open());
    }

    /** That chain instead of the one in the settings; nothing is read from files. */
    public static NodeSecurity of(List<AuthenticationSource> sources, SecuritySettings settings) {
        SecurityCounters counters = new SecurityCounters();
        try {
            return new NodeSecurity(
                    settings,
                    counters,
                    new AuthenticationChain(sources, settings.authentication().timeout()),
                    new AccessPolicy(counters, settings.authorization().otherwise(), null),
                    BanList.open(null, System::currentTimeMillis),
                    null,
                    null,
                    System::currentTimeMillis,
                    Executors.newVirtualThreadPerTaskExecutor(),
                    null);
        } catch (IOException impossible) {
            throw new IllegalStateException("no file is read", impossible);
        }
    }

    private static UserStore users(SecuritySettings settings, ExecutorService workers)
            throws IOException, SecurityStartException {
        SecuritySettings.Authentication authentication = settings.authentication();
        Path file = authentication
                .userFile()
                .or(() -> settings.directory().map(directory -> directory.resolve("users")))
                .orElseThrow(() -> new SecurityStartException(
                        "The built-in users need a file, and where nothing is kept on disk it has to be named:"
                                + " set robustmq.security.users.file."));
        SecureRandom random = new SecureRandom();
        return UserStore.open(
                file,
                workers,
                authentication.checksAtOnceMax(),
                authentication.rememberedMax(),
                (_, password) -> ScramKeys.secret(password, ScramKeys.DEFAULT_ITERATIONS, random));
    }

    private static AuthenticationSource source(
            SourceKind kind,
            SecuritySettings settings,
            SecurityCounters counters,
            @Nullable UserStore users,
            ExecutorService workers,
            @Nullable HttpClient http)
            throws SecurityStartException {
        SecuritySettings.Authentication authentication = settings.authentication();
        return switch (kind) {
            case USERS -> required(users);
            case PASSWORD_FILE -> passwordFile(authentication, workers);
            case JWT ->
                new TokenSource(
                        authentication.tokens().orElseThrow(),
                        counters,
                        workers,
                        required(http),
                        System::nanoTime,
                        System::currentTimeMillis);
            case CERTIFICATE -> new CertificateSource(authentication.certificateName());
            case HTTP ->
                new HttpSource(authentication.callback().orElseThrow(), counters, required(http), System::nanoTime);
            case ANONYMOUS -> AuthenticationSource.anonymous();
        };
    }

    private static AuthenticationSource passwordFile(
            SecuritySettings.Authentication authentication, ExecutorService workers) throws SecurityStartException {
        Path file = authentication.passwordFile().orElseThrow();
        try {
            return PasswordFile.load(file, workers, authentication.checksAtOnceMax(), authentication.rememberedMax());
        } catch (IOException | IllegalArgumentException unreadable) {
            throw new SecurityStartException(
                    "The password file " + file + " cannot be used: " + unreadable.getMessage(), unreadable);
        }
    }

    private static @Nullable RuleFile rules(SecuritySettings settings, AccessPolicy policy, SecurityCounters counters)
            throws IOException, SecurityStartException {
        SecuritySettings.Authorization authorization = settings.authorization();
        Path file = authorization
                .rulesFile()
                .or(() -> settings.directory().map(directory -> directory.resolve("rules")))
                .orElse(null);
        if (file == null) {
            return null;
        }
        RuleFile rules = new RuleFile(file, policy, counters);
        if (Files.exists(file) || authorization.rulesFile().isPresent()) {
            try {
                rules.load();
            } catch (IOException | RuleSyntaxException unusable) {
                throw new SecurityStartException(
                        "The rule file " + file + " cannot be used: " + unusable.getMessage(), unusable);
            }
        }
        return rules;
    }

    private static <T> T required(@Nullable T made) {
        if (made == null) {
            throw new IllegalStateException("made whenever the settings ask for it");
        }
        return made;
    }

    /** Who is it, and may it connect? Accepted or denied, and never exceptional; often complete at once. */
    public CompletionStage<Verdict> login(Login login) {
        Verdict.Denied refused = refusedUnseen(login);
        if (refused != null) {
            return CompletableFuture.completedStage(refused);
        }
        return chain.check(login).thenApply(verdict -> judged(login, verdict));
    }

    /** Why a client is refused before it shows any proof; null if it may go on. For exchanges; {@link #login} asks by itself. */
    public Verdict.@Nullable Denied refusedUnseen(Login login) {
        if (bans.find(login.clientId(), login.userName(), login.address()).isPresent()) {
            counters.count(SecurityEvent.LOGIN_BANNED);
            return BANNED;
        }
        int failuresMax = settings.guessing().failuresMax();
        if (failuresMax > 0 && failures.count(site(login.address())) >= failuresMax) {
            counters.count(SecurityEvent.LOGIN_THROTTLED);
            return THROTTLED;
        }
        return null;
    }

    /** A new exchange of that method; null if it is not offered. */
    public @Nullable AuthenticationExchange beginExchange(String method) {
        return scram != null && ScramServer.METHOD.equals(method) ? scram.begin() : null;
    }

    /** What an exchange that ended in a proof means for the login. */
    public Verdict proven(Login login, AuthenticationExchange.Step.Proven proven) {
        return judged(
                login,
                new Verdict.Accepted(
                        AuthenticationSource.subject(login, proven.userName(), proven.superuser(), SCRAM, List.of()),
                        Verdict.NEVER));
    }

    /** What an exchange that failed means for the login. */
    public Verdict disproven(Login login, AuthenticationExchange.Step.Failed failed) {
        return judged(login, new Verdict.Denied(Refusal.BAD_CREDENTIALS, failed.sentence()));
    }

    private Verdict judged(Login login, Verdict verdict) {
        return switch (verdict) {
            case Verdict.Accepted accepted -> {
                if (keepsOut(accepted.subject())) {
                    counters.count(SecurityEvent.LOGIN_BANNED);
                    yield BANNED;
                }
                if (accepted.expiresAtMillis() <= wallMillis.getAsLong()) {
                    counters.count(SecurityEvent.LOGIN_DENIED);
                    yield new Verdict.Denied(Refusal.NOT_AUTHORIZED, "The proof of identity expired.");
                }
                counters.count(SecurityEvent.LOGIN_ACCEPTED);
                yield accepted;
            }
            case Verdict.Denied denied -> {
                counters.count(
                        switch (denied.reason()) {
                            case BAD_CREDENTIALS, NOT_AUTHORIZED, BAD_METHOD -> SecurityEvent.LOGIN_DENIED;
                            case BANNED -> SecurityEvent.LOGIN_BANNED;
                            case TOO_MANY_FAILURES -> SecurityEvent.LOGIN_THROTTLED;
                            case BUSY -> SecurityEvent.LOGIN_BUSY;
                            case UNAVAILABLE -> SecurityEvent.LOGIN_UNAVAILABLE;
                        });
                if (denied.reason() == Refusal.BAD_CREDENTIALS
                        && settings.guessing().failuresMax() > 0) {
                    failures.add(site(login.address()));
                }
                yield denied;
            }
            case Verdict.Ignored _ -> throw new IllegalStateException("the chain ends in accepted or denied");
        };
    }

    private static Cidr site(InetAddress address) {
        return address instanceof Inet6Address ? new Cidr(address, IPV6_SITE_BITS) : Cidr.of(address);
    }

    /** Whether a ban keeps this client out now. */
    public boolean keepsOut(Subject subject) {
        return bans.find(subject.clientId(), subject.userName(), subject.address())
                .isPresent();
    }

    /** The decisions of one connection; to be used on its loop, whose clock is given. */
    public ClientAccess access(Subject subject, LongSupplier nanoTime) {
        SecuritySettings.Authorization authorization = settings.authorization();
        return new ClientAccess(
                policy,
                subject,
                authorization.rememberedPerConnection(),
                authorization.askedAgeMax().toNanos(),
                nanoTime);
    }

    /** What one client may publish. */
    public ClientRates rates() {
        return settings.rates();
    }

    /** Whether a connection ends when its proof of identity does. */
    public boolean endsExpired() {
        return settings.authentication().endExpired();
    }

    /** A connection that had been let in is over, whoever ended it. */
    public void disconnected(Subject subject) {
        SecuritySettings.Flapping flapping = settings.flapping();
        if (flapping.disconnectsMax() == 0 || disconnects.add(subject.clientId()) <= flapping.disconnectsMax()) {
            return;
        }
        disconnects.forget(subject.clientId());
        counters.count(SecurityEvent.FLAPPING_BANNED);
        long now = wallMillis.getAsLong();
        Ban ban = new Ban(
                new Ban.Target.Client(subject.clientId()),
                FLAPPING,
                "more than " + flapping.disconnectsMax() + " disconnects within "
                        + flapping.window().toSeconds() + " s",
                now,
                now + flapping.banTime().toMillis());
        // Writes a file, which a loop must not wait for.
        workers.execute(() -> {
            Change outcome = admin.ban(ban);
            if (!(outcome instanceof Change.Done)) {
                log.warn("A client that comes and goes could not be banned outcome={}", outcome);
            }
        });
    }

    /**
     * Tells when clients have to go. The consumer gets a question that is true of those who have to, and asks it on the loops
     * of its connections.
     */
    public void onExpel(Consumer<Predicate<Subject>> watcher) {
        watchers.add(watcher);
    }

    private void expel(Predicate<Subject> who) {
        watchers.forEach(watcher -> watcher.accept(who));
    }

    /** What was counted. */
    public SecurityCounters counters() {
        return counters;
    }

    /** What administrators see and change. */
    public SecurityAdmin admin() {
        return admin;
    }

    /** Number of bans, for metrics. */
    public int bans() {
        return bans.size();
    }

    /** Number of built-in users, for metrics. */
    public int users() {
        return users == null ? 0 : users.size();
    }

    /** Number of rules, for metrics. */
    public int rules() {
        return policy.rules().size();
    }

    /** Stops what runs aside; nothing is to be asked afterwards. */
    @Override
    public void close() {
        if (clock != null) {
            clock.shutdownNow();
        }
        stop(workers, http);
    }

    private static void stop(ExecutorService workers, @Nullable HttpClient http) {
        if (http != null) {
            http.shutdownNow();
        }
        workers.shutdownNow();
    }
}
