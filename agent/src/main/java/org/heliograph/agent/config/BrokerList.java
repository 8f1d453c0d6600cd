package org.heliograph.agent.config;

import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.heliograph.telemetry.yaml.Section;
import org.jspecify.annotations.Nullable;

/** Reads the part {@code mqtt} of {@code agent.yaml}. */
final class BrokerList {
    private static final String PLAIN = "tcp://";
    private static final String SECURE = "ssl://";

    private static final Duration SESSION_EXPIRY = Duration.ofDays(1);
    private static final Duration SESSION_EXPIRY_MAX = Duration.ofDays(365);
    private static final int RECEIVE_MAXIMUM = 1_000;
    private static final int RECEIVE_MAXIMUM_MAX = 65_535;

    private BrokerList() {}

    static List<AgentConfig.Mqtt> read(Section top, String agent, Path file) {
        List<AgentConfig.Mqtt> brokers = new ArrayList<>();
        Set<String> sessions = new HashSet<>();
        for (Section section : top.sections("mqtt")) {
            String url = section.parsed("url", BrokerList::url, "");
            String clientId = section.text("clientId", "heliograph-" + agent);
            if (!sessions.add(url + " " + clientId)) {
                section.fault("clientId", "is used twice on this broker: the two would end each other's connection");
            }
            Duration expiry = section.duration("sessionExpiry", SESSION_EXPIRY);
            if (expiry.compareTo(SESSION_EXPIRY_MAX) > 0 || expiry.toSeconds() == 0) {
                section.fault("sessionExpiry", "is not between PT1S and " + SESSION_EXPIRY_MAX);
            }
            int receiveMaximum = section.integer("receiveMaximum", RECEIVE_MAXIMUM, 1, RECEIVE_MAXIMUM_MAX);
            List<String> topics = section.list("topics", TopicFilter::require);
            AgentConfig.Login login = login(section, file);
            Tls tls = tls(section, file);
            if (tls != null && url.startsWith(PLAIN)) {
                section.fault("tls", "is of no use with " + PLAIN + "; make the url " + SECURE);
            }
            section.finish();
            brokers.add(new AgentConfig.Mqtt(url, clientId, expiry, receiveMaximum, topics, login, tls));
        }
        return brokers;
    }

    private static AgentConfig.@Nullable Login login(Section section, Path file) {
        if (!section.has("user")) {
            if (section.has("password")) {
                section.fault("password", "needs a user");
            }
            return null;
        }
        String user = section.text("user");
        if (!section.has("password")) {
            section.fault("user", "needs a password: {file: ...} or {env: ...}");
            return null;
        }
        Section where = section.section("password");
        Secret password = null;
        if (where.has("file") && where.has("env")) {
            where.fault("env", "and file exclude each other");
        } else if (where.has("file")) {
            password = new Secret.InFile(path(where, "file", file));
        } else if (where.has("env")) {
            password = new Secret.InEnvironment(where.text("env"));
        } else {
            section.fault("password", "is {file: ...} or {env: ...}, not the password itself");
            return null;
        }
        where.finish();
        if (password == null) {
            return null;
        }
        try {
            password.read();
        } catch (IOException e) {
            where.fault(where.has("file") ? "file" : "env", "can't be read: " + e.getMessage());
        }
        return new AgentConfig.Login(user, password);
    }

    private static @Nullable Tls tls(Section section, Path file) {
        if (!section.has("tls")) {
            return null;
        }
        Section part = section.section("tls");
        Path ca = part.has("ca") ? path(part, "ca", file) : null;
        Path certificate = part.has("certificate") ? path(part, "certificate", file) : null;
        Path key = part.has("key") ? path(part, "key", file) : null;
        part.finish();
        Tls tls = new Tls(ca, certificate, key);
        if ((certificate == null) != (key == null)) {
            section.fault("tls", "certificate and key go together");
            return tls;
        }
        try {
            tls.context();
        } catch (IOException | GeneralSecurityException e) {
            section.fault("tls", "can't be used: " + e);
        }
        return tls;
    }

    private static Path path(Section section, String key, Path file) {
        return file.resolveSibling(section.parsed(key, AgentFile::path, Path.of("none")));
    }

    private static String url(String text) {
        String message = "'" + text + "' is not tcp://host:port or ssl://host:port";
        if (!text.startsWith(PLAIN) && !text.startsWith(SECURE)) {
            throw new IllegalArgumentException(message);
        }
        Server.require(text.substring(PLAIN.length()), message);
        return text;
    }
}
