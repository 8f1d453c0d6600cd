package org.heliograph.telemetry.kafka;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.heliograph.telemetry.security.Tls;
import org.heliograph.telemetry.wire.Topics;
import org.heliograph.telemetry.yaml.HostPort;
import org.heliograph.telemetry.yaml.Section;

/**
 * What the section {@code kafka:} says, in the configuration of whichever program.
 *
 * @param properties of its clients, beyond those that the program sets
 */
public record KafkaSection(String bootstrap, Topics topics, Optional<Tls> tls, Map<String, String> properties) {
    private static final String PROPERTIES = "properties";

    public KafkaSection {
        properties = Map.copyOf(properties);
    }

    /**
     * What a program's clients would say of an operator's properties.
     *
     * @param faults what is wrong with each by itself, by name
     * @param trouble what is wrong with all of them together; empty when a client can be made
     */
    public record Check(
            Function<Map<String, String>, Map<String, String>> faults,
            Function<Map<String, String>, Optional<String>> trouble) {
        /** One that makes a client of the same properties once: that takes a tenth of a second and 8 MB on a board. */
        public Check remembering() {
            Map<Map<String, String>, Optional<String>> known = new ConcurrentHashMap<>();
            return new Check(faults, properties -> known.computeIfAbsent(properties, trouble));
        }
    }

    /** Reads and judges it. A program may have more of its own there: it reads that, and finishes the section, itself. */
    public static KafkaSection read(Section section, Check check) {
        String bootstrap = section.parsed("bootstrap", HostPort::knownList, "");
        Topics topics = section.optional("prefix", Topics::new).orElse(Topics.DEFAULT);
        Optional<Tls> tls = Tls.of(section);
        Section further = section.section(PROPERTIES);
        Map<String, String> said = new HashMap<>();
        for (String key : further.keys()) {
            String value = further.text(key);
            if (tls.isPresent() && tls.get().decides(key)) {
                further.flaw(key, "follows from tls");
            } else {
                said.put(key, value);
            }
        }
        KafkaSection kafka = new KafkaSection(bootstrap, topics, tls, said);
        Optional<String> unfit = tls.flatMap(KafkaSecurity::trouble);
        unfit.ifPresent(message -> section.flaw("tls", message));
        boolean areFilesSound = unfit.or(() -> tls.flatMap(Tls::trouble)).isEmpty();
        Map<String, String> whole = kafka.whole();
        // a client is made of them only where nothing else is wrong: what it says then is of what is there
        if (areSound(further, said, check) && areFilesSound && !whole.isEmpty()) {
            check.trouble
                    .apply(whole)
                    .ifPresent(message -> section.flaw(section.has(PROPERTIES) ? PROPERTIES : "tls", message));
        }
        return kafka;
    }

    private static boolean areSound(Section section, Map<String, String> properties, Check check) {
        Map<String, String> wrong = new HashMap<>(check.faults.apply(properties));
        Map<String, String> absent = new HashMap<>();
        properties.forEach((key, value) -> {
            if (KafkaReferences.holdsSecret(key, value)) {
                wrong.put(key, "holds a secret; write ${directory:FOLDER:FILE} or ${env:NAME}");
            }
            KafkaReferences.missing(key, value)
                    .ifPresent(missing -> (missing.mayCome() ? absent : wrong).put(key, missing.reason()));
        });
        wrong.forEach(section::flaw);
        absent.forEach(section::absent);
        return wrong.isEmpty() && absent.isEmpty();
    }

    /** The properties with those that follow from tls; the operator's go before them. */
    public Map<String, String> whole() {
        Map<String, String> whole =
                new HashMap<>(tls.map(files -> KafkaSecurity.tls(files.ca(), files.certificate(), files.key()))
                        .orElse(Map.of()));
        whole.putAll(properties);
        return Map.copyOf(whole);
    }
}
