package io.robustmq.server.config;

import io.robustmq.security.access.AccessPolicy;
import io.robustmq.security.certificate.CertificateSource;
import io.robustmq.security.http.CallbackSettings;
import io.robustmq.security.node.SecuritySettings;
import io.robustmq.security.node.SourceKind;
import io.robustmq.security.rate.ClientRates;
import io.robustmq.security.token.TokenSettings;
import io.robustmq.security.user.PasswordFile;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** The configuration of security as security takes it. */
final class SecurityMapping {
    private static final String GROUP = "robustmq.security";
    private static final String AUTO = "auto";

    private SecurityMapping() {}

    static SecuritySettings settings(SecurityConfiguration security, MqttConfiguration mqtt)
            throws ConfigurationException {
        return new SecuritySettings(
                authentication(security, mqtt),
                authorization(security),
                security.directory(),
                Settings.checked(
                        GROUP + ".flapping",
                        () -> new SecuritySettings.Flapping(
                                security.flapping().disconnectsMax(),
                                security.flapping().window(),
                                security.flapping().banTime())),
                Settings.checked(
                        GROUP + ".guessing",
                        () -> new SecuritySettings.Guessing(
                                security.guessing().failuresMax(),
                                security.guessing().window())),
                Settings.checked(
                        GROUP + ".rates",
                        () -> new ClientRates(
                                security.rates().messagesPerSecond(),
                                security.rates().bytesPerSecond(),
                                security.rates().burstSeconds())));
    }

    private static SecuritySettings.Authentication authentication(
            SecurityConfiguration security, MqttConfiguration mqtt) throws ConfigurationException {
        List<SourceKind> chain = chain(security.authentication().chain(), mqtt);
        Settings.require(
                mqtt.passwordFile().isEmpty() || chain.contains(SourceKind.PASSWORD_FILE),
                "robustmq.mqtt.password-file is set, and robustmq.security.authentication.chain leaves password-file out");
        Settings.require(
                mqtt.passwordChecksAtOnceMax() > 0,
                "robustmq.mqtt.password-checks-at-once-max must be positive: " + mqtt.passwordChecksAtOnceMax());
        Optional<TokenSettings> tokens =
                chain.contains(SourceKind.JWT) ? Optional.of(tokens(security.jwt())) : Optional.empty();
        Optional<CallbackSettings> callback = callback("http-authentication", security.httpAuthentication());
        return Settings.checked(
                GROUP + ".authentication",
                () -> new SecuritySettings.Authentication(
                        chain,
                        security.authentication().timeout(),
                        security.authentication().endExpired(),
                        mqtt.passwordFile(),
                        security.users().file(),
                        security.users().scram(),
                        mqtt.passwordChecksAtOnceMax(),
                        PasswordFile.DEFAULT_REMEMBERED_MAX,
                        tokens,
                        switch (security.certificate().name()) {
                            case COMMON_NAME -> CertificateSource.Field.COMMON_NAME;
                            case DNS_NAME -> CertificateSource.Field.DNS_NAME;
                            case EMAIL -> CertificateSource.Field.EMAIL;
                            case URI -> CertificateSource.Field.URI;
                        },
                        callback));
    }

    private static List<SourceKind> chain(String text, MqttConfiguration mqtt) throws ConfigurationException {
        if (text.equals(AUTO)) {
            return List.of(mqtt.passwordFile().isPresent() ? SourceKind.PASSWORD_FILE : SourceKind.ANONYMOUS);
        }
        List<SourceKind> chain = new ArrayList<>();
        for (String name : text.split(",", -1)) {
            chain.add(
                    switch (name.strip().toLowerCase(Locale.ROOT)) {
                        case "users" -> SourceKind.USERS;
                        case "password-file" -> SourceKind.PASSWORD_FILE;
                        case "jwt" -> SourceKind.JWT;
                        case "certificate" -> SourceKind.CERTIFICATE;
                        case "http" -> SourceKind.HTTP;
                        case "anonymous" -> SourceKind.ANONYMOUS;
                        default ->
                            throw new ConfigurationException(
                                    "robustmq.security.authentication.chain cannot have \"" + name.strip()
                                            + "\": it is made of users, password-file, jwt, certificate, http and anonymous");
                    });
        }
        return chain;
    }

    private static TokenSettings tokens(SecurityConfiguration.JwtConfiguration jwt) throws ConfigurationException {
        int origins = (jwt.secretFile().isPresent() ? 1 : 0)
                + (jwt.keyFile().isPresent() ? 1 : 0)
                + (jwt.jwksUrl().isPresent() ? 1 : 0);
        Settings.require(
                origins == 1,
                "robustmq.security.jwt needs one of secret-file, key-file and jwks-url, and has " + origins);
        Map<String, String> claims = pairs("robustmq.security.jwt.claims", jwt.claims(), ",", "=");
        return Settings.checked(
                GROUP + ".jwt",
                () -> new TokenSettings(
                        jwt.from() == SecurityConfiguration.JwtConfiguration.Field.USERNAME,
                        keys(jwt),
                        jwt.leeway(),
                        jwt.requireExpiry(),
                        jwt.issuer(),
                        jwt.audience(),
                        jwt.userClaim(),
                        claims));
    }

    private static TokenSettings.Keys keys(SecurityConfiguration.JwtConfiguration jwt) {
        if (jwt.secretFile().isPresent()) {
            return new TokenSettings.Keys.Secret(jwt.secretFile().get());
        }
        if (jwt.keyFile().isPresent()) {
            return new TokenSettings.Keys.KeyFile(jwt.keyFile().get());
        }
        return new TokenSettings.Keys.Url(
                jwt.jwksUrl().orElseThrow(), jwt.refreshInterval(), jwt.refetchIntervalMin(), jwt.timeout());
    }

    private static SecuritySettings.Authorization authorization(SecurityConfiguration security)
            throws ConfigurationException {
        SecurityConfiguration.AuthorizationConfiguration authorization = security.authorization();
        Optional<CallbackSettings> callback = callback("http-authorization", security.httpAuthorization());
        return Settings.checked(
                GROUP + ".authorization",
                () -> new SecuritySettings.Authorization(
                        authorization.rulesFile(),
                        authorization.checkInterval(),
                        switch (authorization.noMatch()) {
                            case AUTO -> AccessPolicy.Default.AUTO;
                            case ALLOW -> AccessPolicy.Default.ALLOW;
                            case DENY -> AccessPolicy.Default.DENY;
                        },
                        callback,
                        authorization.rememberedPerConnection(),
                        authorization.askedAgeMax()));
    }

    private static Optional<CallbackSettings> callback(
            String group, SecurityConfiguration.CallbackConfiguration callback) throws ConfigurationException {
        if (callback.url().isEmpty()) {
            return Optional.empty();
        }
        Map<String, String> headers = pairs(GROUP + "." + group + ".headers", callback.headers(), ";", ":");
        return Optional.of(Settings.checked(
                GROUP + "." + group,
                () -> new CallbackSettings(
                        placeholders(callback.url().get()),
                        callback.method() == SecurityConfiguration.CallbackConfiguration.Method.POST,
                        callback.body().map(SecurityMapping::placeholders),
                        headers,
                        callback.timeout(),
                        callback.requestsMax(),
                        callback.failuresMax(),
                        callback.recovery())));
    }

    /** A dollar sign before a brace means something else already in the values of settings. */
    private static String placeholders(String text) {
        return text.replace("%{", "${");
    }

    private static Map<String, String> pairs(String key, Optional<String> text, String separator, String sign)
            throws ConfigurationException {
        Map<String, String> pairs = new HashMap<>();
        if (text.isEmpty()) {
            return pairs;
        }
        for (String pair : text.get().split(separator, -1)) {
            int at = pair.indexOf(sign);
            Settings.require(at > 0, key + " has something other than name" + sign + "value in it");
            pairs.put(
                    pair.substring(0, at).strip(),
                    placeholders(pair.substring(at + 1).strip()));
        }
        return pairs;
    }
}
