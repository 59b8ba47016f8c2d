package io.robustmq.security.http;

import io.robustmq.security.CertificateIdentity;
import io.robustmq.security.Login;
import io.robustmq.security.Password;
import io.robustmq.security.access.AccessRequest;
import io.robustmq.security.access.Action;
import io.robustmq.security.access.Subject;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jose4j.json.JsonUtil;
import org.jspecify.annotations.Nullable;

/**
 * What is asked: named values that fill the placeholders of templates.
 *
 * @param values by name; one that is not known is an empty text
 */
record Question(Map<String, Object> values) {
    private static final Pattern PLACEHOLDER = Pattern.compile("\\$\\{([a-z_]+)}");

    /** Who is it? */
    static Question of(Login login) {
        Map<String, Object> values = new LinkedHashMap<>();
        CertificateIdentity certificate = login.certificate();
        Password password = login.password();
        values.put("clientid", login.clientId());
        values.put("username", orEmpty(login.userName()));
        values.put("password", password == null ? "" : password.toText());
        values.put("peerhost", login.address().getHostAddress());
        values.put("protocol", login.protocol());
        values.put("cert_common_name", certificate == null ? "" : orEmpty(certificate.commonName()));
        return new Question(values);
    }

    /** May it? */
    static Question of(Subject subject, AccessRequest request) {
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("clientid", subject.clientId());
        values.put("username", orEmpty(subject.userName()));
        values.put("peerhost", subject.address().getHostAddress());
        values.put("cert_common_name", orEmpty(subject.certificateName()));
        values.put("action", request.action().name().toLowerCase(Locale.ROOT));
        values.put("topic", request.topic());
        values.put("qos", request.qos());
        if (request.action() == Action.PUBLISH) {
            values.put("retain", request.retain());
        }
        return new Question(values);
    }

    /** All values as a JSON object. */
    String json() {
        return JsonUtil.toJson(values);
    }

    /** A template of JSON with values inside its texts. */
    String fillJson(String template) {
        return fill(template, value -> {
            String array = JsonUtil.toJson(Map.of("v", value));
            // {"v":"..."}: the text between the quotes is the value as JSON has it inside a text.
            return array.substring("{\"v\":\"".length(), array.length() - 2);
        });
    }

    /** A template of a URL with values as parts of its path or query. */
    String fillUrl(String template) {
        return fill(
                template,
                value -> URLEncoder.encode(value, StandardCharsets.UTF_8).replace("+", "%20"));
    }

    private interface Encoding {
        String of(String value);
    }

    private String fill(String template, Encoding encoding) {
        Matcher placeholders = PLACEHOLDER.matcher(template);
        return placeholders.replaceAll(found ->
                Matcher.quoteReplacement(encoding.of(String.valueOf(values.getOrDefault(found.group(1), "")))));
    }

    private static String orEmpty(@Nullable String text) {
        return text == null ? "" : text;
    }

    /** Without values, which hold a password. */
    @Override
    public String toString() {
        return "Question" + values.keySet();
    }
}
