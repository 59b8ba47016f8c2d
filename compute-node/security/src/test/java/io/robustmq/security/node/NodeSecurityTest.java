package io.robustmq.security.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.robustmq.security.CertificateIdentity;
import io.robustmq.security.Login;
import io.robustmq.security.Password;
import io.robustmq.security.SecurityEvent;
import io.robustmq.security.access.AccessRequest;
import io.robustmq.security.access.Cidr;
import io.robustmq.security.access.Decision;
import io.robustmq.security.access.Subject;
import io.robustmq.security.authentication.Refusal;
import io.robustmq.security.authentication.Verdict;
import io.robustmq.security.ban.Ban;
import io.robustmq.security.certificate.CertificateSource;
import io.robustmq.security.rate.ClientRates;
import io.robustmq.security.user.User;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NodeSecurityTest {
    private static final InetAddress HERE = InetAddress.ofLiteral("192.0.2.1");

    @TempDir
    private Path directory;

    private SecuritySettings settings(
            SecuritySettings.Flapping flapping, SecuritySettings.Guessing guessing, SourceKind... chain) {
        return new SecuritySettings(
                SecuritySettings.Authentication.of(List.of(chain)),
                SecuritySettings.Authorization.none(),
                Optional.of(directory),
                flapping,
                guessing,
                ClientRates.UNLIMITED);
    }

    private NodeSecurity start(SourceKind... chain) throws SecurityStartException {
        return NodeSecurity.start(settings(SecuritySettings.Flapping.OFF, SecuritySettings.Guessing.OFF, chain));
    }

    private static Login login(
            String clientId,
            @Nullable String user,
            String password,
            InetAddress address,
            @Nullable CertificateIdentity certificate) {
        return new Login("mqtt", clientId, user, Password.of(password), address, certificate);
    }

    private static Verdict login(NodeSecurity security, String user, String password) {
        return security.login(login("c", user, password, HERE, null))
                .toCompletableFuture()
                .join();
    }

    private static @Nullable Refusal refusal(Verdict verdict) {
        return verdict instanceof Verdict.Denied denied ? denied.reason() : null;
    }

    private static Subject subject(String clientId, String user, String source) {
        return new Subject(clientId, user, HERE, null, false, source, List.of());
    }

    @Test
    void usersAreManagedWhileTheNodeRunsAndTheirConnectionsEnd() throws SecurityStartException {
        try (NodeSecurity security = start(SourceKind.USERS)) {
            SecurityAdmin admin = security.admin();
            List<Predicate<Subject>> expelled = new ArrayList<>();
            security.onExpel(expelled::add);

            assertThat(admin.addUser("ops", "ann", Password.of("secret-1"), false))
                    .isEqualTo(Change.DONE);
            assertThat(admin.addUser("ops", "ann", Password.of("secret-2"), false))
                    .isEqualTo(Change.ALREADY_THERE);
            assertThat(admin.addUser("ops", "a:b", Password.of("secret-2"), false))
                    .isInstanceOf(Change.Rejected.class);
            assertThat(login(security, "ann", "secret-1")).isInstanceOf(Verdict.Accepted.class);
            assertThat(admin.changePassword("ops", "ann", Password.of("secret-2")))
                    .isEqualTo(Change.DONE);
            assertThat(refusal(login(security, "ann", "secret-1"))).isEqualTo(Refusal.BAD_CREDENTIALS);
            assertThat(admin.changeSuperuser("ops", "ann", true)).isEqualTo(Change.DONE);
            assertThat(admin.users()).extracting(User::superuser).isEqualTo(List.of(true));
            assertThat(admin.deleteUser("ops", "ann")).isEqualTo(Change.DONE);
            assertThat(admin.deleteUser("ops", "ann")).isEqualTo(Change.NOT_FOUND);
            assertThat(refusal(login(security, "ann", "secret-2"))).isEqualTo(Refusal.BAD_CREDENTIALS);

            assertThat(expelled).hasSize(3).allSatisfy(who -> {
                assertThat(who.test(subject("c", "ann", "users"))).isTrue();
                assertThat(who.test(subject("c", "ann", "scram"))).isTrue();
                assertThat(who.test(subject("c", "ann", "jwt")))
                        .as("another ann")
                        .isFalse();
                assertThat(who.test(subject("c", "bob", "users"))).isFalse();
            });
            assertThat(admin.audit()).extracting(AuditEvent::change).startsWith("user.delete", "user.delete");
            assertThat(admin.audit())
                    .hasSize(7)
                    .allSatisfy(event ->
                            assertThat(event.toString()).contains("ops").doesNotContain("secret-1", "secret-2"));
        }
    }

    @Test
    void rulesAreReplacedCheckedAndTested() throws SecurityStartException {
        try (NodeSecurity security = start(SourceKind.ANONYMOUS)) {
            SecurityAdmin admin = security.admin();
            AccessRequest request = AccessRequest.publish("a", 0, false);
            Subject ann = subject("c", "ann", "anonymous");
            assertThat(admin.test(ann, request).toCompletableFuture().join()).isEqualTo(Decision.ALLOWED);

            assertThat(admin.replaceRules("ops", "allow user ann all on b\n")).isEqualTo(Change.DONE);
            assertThat(admin.test(ann, request).toCompletableFuture().join()).isEqualTo(Decision.DENIED);
            assertThat(admin.replaceRules("ops", "allow everything")).isInstanceOf(Change.Rejected.class);
            assertThat(admin.rules()).hasSize(1);
            assertThat(directory.resolve("rules")).hasContent("allow user ann all on b\n");
        }
        try (NodeSecurity again = start(SourceKind.ANONYMOUS)) {
            assertThat(again.admin().rules()).hasSize(1);
        }
    }

    @Test
    void changedFileThatIsNoRulesIsRejectedAndTheRulesStay() throws Exception {
        try (NodeSecurity security = start(SourceKind.ANONYMOUS)) {
            security.admin().replaceRules("ops", "allow all all\n");
            Files.writeString(directory.resolve("rules"), "nonsense\n");

            assertThat(security.admin().reloadRules("ops")).isInstanceOf(Change.Rejected.class);
            assertThat(security.admin().rules()).hasSize(1);
            Files.delete(directory.resolve("rules"));
            assertThat(security.admin().reloadRules("ops")).isInstanceOf(Change.NotKept.class);
            assertThat(security.admin().rules()).hasSize(1);
        }
    }

    @Test
    void bansKeepOutAndEndConnectionsAndAreLifted() throws SecurityStartException {
        Ban.Target block = new Ban.Target.Addresses(Cidr.parse("192.0.2.0/24"));
        try (NodeSecurity security = start(SourceKind.ANONYMOUS)) {
            List<Predicate<Subject>> expelled = new ArrayList<>();
            security.onExpel(expelled::add);
            assertThat(security.admin().ban(new Ban(block, "ops", "spam", 0, Ban.FOREVER)))
                    .isEqualTo(Change.DONE);

            assertThat(refusal(login(security, "u", "p"))).isEqualTo(Refusal.BANNED);
            assertThat(expelled.getFirst().test(subject("c", "u", "anonymous"))).isTrue();
            assertThat(security.counters().get(SecurityEvent.LOGIN_BANNED)).isEqualTo(1);
        }
        try (NodeSecurity again = start(SourceKind.ANONYMOUS)) {
            assertThat(refusal(login(again, "u", "p"))).isEqualTo(Refusal.BANNED);
            assertThat(again.admin().unban("ops", block)).isEqualTo(Change.DONE);
            assertThat(again.admin().unban("ops", block)).isEqualTo(Change.NOT_FOUND);
            assertThat(login(again, "u", "p")).isInstanceOf(Verdict.Accepted.class);
        }
    }

    @Test
    void nameOfACertificateIsBannedOnceItIsProven() throws SecurityStartException {
        CertificateIdentity certificate = new CertificateIdentity("device-7", List.of(), List.of(), List.of());
        try (NodeSecurity security = start(SourceKind.CERTIFICATE)) {
            Login login = login("c", null, "", HERE, certificate);
            assertThat(security.login(login).toCompletableFuture().join())
                    .isInstanceOfSatisfying(
                            Verdict.Accepted.class,
                            accepted ->
                                    assertThat(accepted.subject().userName()).isEqualTo("device-7"));

            security.admin().ban(new Ban(new Ban.Target.User("device-7"), "ops", "stolen", 0, Ban.FOREVER));

            assertThat(refusal(security.login(login).toCompletableFuture().join()))
                    .isEqualTo(Refusal.BANNED);
            assertThat(refusal(security.login(login("c", "u", "p", HERE, null))
                            .toCompletableFuture()
                            .join()))
                    .as("without a certificate nobody knows the client")
                    .isEqualTo(Refusal.BAD_CREDENTIALS);
        }
    }

    @Test
    void namesOfACertificateAreChosenByKind() {
        CertificateIdentity certificate = new CertificateIdentity(null, List.of("d"), List.of(), List.of("urn:u"));
        Login login = login("c", null, "", HERE, certificate);

        assertThat(new CertificateSource(CertificateSource.Field.DNS_NAME)
                        .check(login)
                        .toCompletableFuture()
                        .join())
                .isInstanceOf(Verdict.Accepted.class);
        assertThat(new CertificateSource(CertificateSource.Field.URI)
                        .check(login)
                        .toCompletableFuture()
                        .join())
                .isInstanceOf(Verdict.Accepted.class);
        assertThat(refusal(new CertificateSource(CertificateSource.Field.COMMON_NAME)
                        .check(login)
                        .toCompletableFuture()
                        .join()))
                .isEqualTo(Refusal.NOT_AUTHORIZED);
        assertThat(refusal(new CertificateSource(CertificateSource.Field.EMAIL)
                        .check(login)
                        .toCompletableFuture()
                        .join()))
                .isEqualTo(Refusal.NOT_AUTHORIZED);
    }

    @Test
    void addressThatGuessesIsNotListenedToAndItsNeighbourIs() throws SecurityStartException {
        SecuritySettings settings = settings(
                SecuritySettings.Flapping.OFF,
                new SecuritySettings.Guessing(2, Duration.ofMinutes(1)),
                SourceKind.USERS);
        try (NodeSecurity security = NodeSecurity.start(settings)) {
            security.admin().addUser("ops", "ann", Password.of("secret-1"), false);
            InetAddress site = InetAddress.ofLiteral("2001:db8::1");
            InetAddress sameSite = InetAddress.ofLiteral("2001:db8::ffff:2");
            for (int i = 0; i < 2; i++) {
                assertThat(refusal(security.login(login("c", "ann", "x", site, null))
                                .toCompletableFuture()
                                .join()))
                        .isEqualTo(Refusal.BAD_CREDENTIALS);
            }

            assertThat(refusal(security.login(login("c", "ann", "secret-1", sameSite, null))
                            .toCompletableFuture()
                            .join()))
                    .isEqualTo(Refusal.TOO_MANY_FAILURES);
            assertThat(security.login(login("c", "ann", "secret-1", InetAddress.ofLiteral("2001:db8:0:1::1"), null))
                            .toCompletableFuture()
                            .join())
                    .isInstanceOf(Verdict.Accepted.class);
            assertThat(security.counters().get(SecurityEvent.LOGIN_THROTTLED)).isEqualTo(1);
        }
    }

    @Test
    void clientThatComesAndGoesIsBanned() throws Exception {
        SecuritySettings settings = settings(
                new SecuritySettings.Flapping(2, Duration.ofMinutes(1), Duration.ofMinutes(5)),
                SecuritySettings.Guessing.OFF,
                SourceKind.ANONYMOUS);
        try (NodeSecurity security = NodeSecurity.start(settings)) {
            CountDownLatch banned = new CountDownLatch(1);
            security.onExpel(_ -> banned.countDown());
            for (int i = 0; i < 3; i++) {
                security.disconnected(subject("c", "u", "anonymous"));
            }

            assertThat(banned.await(20, TimeUnit.SECONDS)).isTrue();
            assertThat(refusal(login(security, "u", "p"))).isEqualTo(Refusal.BANNED);
            assertThat(security.admin().bans()).extracting(Ban::by).isEqualTo(List.of("flapping"));
        }
    }

    @Test
    void startTellsWhatCannotBeUsed() throws IOException {
        Files.writeString(directory.resolve("rules"), "allow all all\nallow some all\n");
        assertThatThrownBy(() -> start(SourceKind.ANONYMOUS))
                .isInstanceOf(SecurityStartException.class)
                .hasMessageContaining("rules cannot be used: line 2: ");
        Files.delete(directory.resolve("rules"));
        Files.writeString(directory.resolve("bans"), "x\n");
        assertThatThrownBy(() -> start(SourceKind.ANONYMOUS))
                .isInstanceOf(SecurityStartException.class)
                .hasMessageContaining("line 1");
        assertThatThrownBy(() -> SecuritySettings.Authentication.of(List.of(SourceKind.ANONYMOUS, SourceKind.USERS)))
                .hasMessageContaining("everybody");
        assertThatThrownBy(() -> SecuritySettings.Authentication.of(List.of(SourceKind.JWT)))
                .hasMessageContaining("jwt");
    }

    @Test
    void openNodeLetsEverybodyDoEverything() {
        try (NodeSecurity security = NodeSecurity.open()) {
            assertThat(login(security, "anybody", "")).isInstanceOf(Verdict.Accepted.class);
            assertThat(security.access(subject("c", "u", "anonymous"), () -> 0).subscribe("#", 2))
                    .isEqualTo(Decision.ALLOWED);
            assertThat(security.beginExchange("SCRAM-SHA-256")).isNull();
        }
    }
}
