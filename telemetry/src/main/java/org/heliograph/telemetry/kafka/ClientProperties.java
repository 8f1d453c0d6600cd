package org.heliograph.telemetry.kafka;

import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import javax.security.auth.login.LoginException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;
import org.jspecify.annotations.Nullable;

/** What Kafka's clients would say of an operator's properties, asked while the configuration is read. */
public final class ClientProperties {
    /** Nothing is sent to it: a client that is made to see whether it can be. */
    public static final String NOWHERE = "127.0.0.1:9";

    /** Before a name, where Kafka Streams hands it to some of its clients only. */
    private static final List<String> PREFIXES =
            List.of("main.consumer.", "restore.consumer.", "global.consumer.", "consumer.", "producer.", "admin.");

    private ClientProperties() {}

    /** Why a property can't have this value; empty when it can, as far as one sees of it alone. */
    public static Optional<String> fault(String name, String value, ConfigDef.ConfigKey known) {
        if (value.contains("${")) {
            return Optional.empty(); // what stands for it is seen by a client that is made of it
        }
        try {
            Object parsed = ConfigDef.parseType(name, value, known.type());
            if (known.validator != null) {
                known.validator.ensureValid(name, parsed);
            }
            return Optional.empty();
        } catch (ConfigException e) {
            return Optional.of(reason(e));
        }
    }

    /**
     * What is wrong with each of the properties that all of a program's clients get, by name. What none of them knows is
     * left: it may be for Kafka Streams.
     */
    public static Map<String, String> faults(Map<String, String> properties) {
        List<Map<String, ConfigDef.ConfigKey>> clients = Stream.of(
                        AdminClientConfig.configDef(), ConsumerConfig.configDef(), ProducerConfig.configDef())
                .map(ConfigDef::configKeys)
                .toList();
        Map<String, String> faults = new LinkedHashMap<>();
        properties.forEach((name, value) -> clients.stream()
                .map(known -> known.get(bare(name)))
                .filter(Objects::nonNull)
                .flatMap(known -> fault(name, value, known).stream())
                .findFirst()
                .ifPresent(message -> faults.put(name, message)));
        return faults;
    }

    private static String bare(String name) {
        return PREFIXES.stream()
                .filter(name::startsWith)
                .findFirst()
                .map(prefix -> name.substring(prefix.length()))
                .orElse(name);
    }

    /**
     * What is wrong with all of them together, of which one alone knows nothing; empty when a client can be made, or only
     * couldn't log in.
     */
    public static Optional<String> trouble(Map<String, String> properties) {
        Map<String, Object> all = new HashMap<>(KafkaSecurity.PROPERTIES);
        all.putAll(properties);
        all.put(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, NOWHERE);
        try (Admin admin = Admin.create(all)) {
            admin.close(Duration.ZERO);
            return Optional.empty();
        } catch (KafkaException e) {
            return trouble(e);
        }
    }

    /**
     * What is wrong where no client can be made. Who gives out tokens or tickets may be away, as a broker may: that is no
     * fault of the properties, and waited for.
     */
    public static Optional<String> trouble(KafkaException e) {
        return isOfLogin(e) ? Optional.empty() : Optional.of(reason(e));
    }

    private static boolean isOfLogin(@Nullable Throwable e) {
        return e != null && (e instanceof LoginException || isOfLogin(e.getCause()));
    }

    /** What lies at the bottom: around it Kafka says only which client couldn't be made. */
    public static String reason(Throwable e) {
        Throwable root = e;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return String.valueOf(root.getMessage());
    }
}
