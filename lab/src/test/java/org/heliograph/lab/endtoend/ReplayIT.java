package org.heliograph.lab.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.heliograph.lab.endtoend.EngineFolder.Answer;
import org.heliograph.lab.server.HeliographProcess;
import org.heliograph.lab.server.KafkaServer;
import org.heliograph.telemetry.site.Role;
import org.heliograph.telemetry.wire.Topics;
import org.heliograph.telemetry.wire.v1.SiteWindow;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code heliograph streams replay} beside a running engine, whose site model was wrong. */
class ReplayIT {
    private static final int MINUTES = 30;
    private static final Duration PATIENCE = Duration.ofMinutes(5);
    private static final Topics TOPICS = new Topics("hg");
    private static final double KILOWATT_HOUR = 3.6e9;
    /** The sixth rack PDU is called an auxiliary, and the air conditioner is missing. */
    private static final String WRONG = MeteredHours.YAML
            .replace("pdu-{1..6}", "pdu-{1..5}")
            .replace(
                    "{id: crac-1, profile: crac, role: cooling}",
                    "{id: pdu-6, profile: rack-pdu, role: auxiliary, area: hall-1}");

    /** Published by nobody yet: {@code hg.factors} doesn't have it. */
    private static final String OWN_FACTOR = """
            factors:
              - {id: own-2026, version: "1", source: test, gramsPerKilowattHour: 500}
            """;

    @TempDir
    private Path folder;

    private final MeteredHours hours = new MeteredHours(
            new Random(7), Instant.now().truncatedTo(ChronoUnit.DAYS).minus(Duration.ofHours(14)), MINUTES);

    @Test
    void a_corrected_model_shows_what_it_changes_and_changes_nothing() throws Exception {
        assertThat(WRONG).contains("{1..5}").doesNotContain("crac");
        try (KafkaServer kafka = KafkaServer.start(folder.resolve("kafka"));
                Feed feed = new Feed(kafka.bootstrap())) {
            EngineFolder engine =
                    EngineFolder.write(folder.resolve("engine"), kafka.bootstrap(), TOPICS, "streams-1", WRONG);
            Files.writeString(
                    engine.home().resolve("corrected.yaml"), MeteredHours.YAML + "factors: {average: own-2026}\n");
            try (HeliographProcess _ = engine.run();
                    Published published = new Published(kafka.bootstrap(), TOPICS)) {
                feed.send(TOPICS.telemetry(), hours.inOrder());
                assertThat(published.await(PATIENCE, () -> hasWrongFigures(published)))
                        .as("the wrong model's figures: %s", published.windows())
                        .isTrue();
                var before = Map.copyOf(published.caughtUp().results());

                // the running engine has read its configuration: only what begins now knows the factor
                Files.writeString(engine.home().resolve("own.yaml"), OWN_FACTOR);
                Files.writeString(
                        engine.home().resolve("streams.yaml"), "factors: [own.yaml]\n", StandardOpenOption.APPEND);
                assertDifference(engine);
                assertSameModelHasNone(engine, kafka);
                assertStoppedLeavesNothing(engine, kafka);

                assertThat(Published.differences(before, published.caughtUp().results()))
                        .isEmpty();
            }
        }
    }

    private boolean hasWrongFigures(Published published) {
        for (int minute = 0; minute < MINUTES; minute++) {
            SiteWindow window = published.windows().get(key("1m", minute));
            if (window == null || window.getEnergyIt3Mj() != wrongIt(minute, minute + 1)) {
                return false;
            }
        }
        SiteWindow quarter = published.windows().get(key("15m", MINUTES - 15));
        // what is compared is what the running engine has settled on
        return published.isSettled(wrongIt(0, MINUTES))
                && quarter != null
                && quarter.getEnergyIt3Mj() == wrongIt(MINUTES - 15, MINUTES);
    }

    private String key(String label, int minute) {
        return MeteredHours.SITE + "/" + label + "/"
                + hours.from().plus(Duration.ofMinutes(minute)).toEpochMilli();
    }

    private long wrongIt(int first, int end) {
        return hours.energy(Role.IT, first, end) - hours.energy("pdu-6", first, end);
    }

    private void assertDifference(EngineFolder engine) throws Exception {
        Answer answer = replay(engine, "corrected.yaml", "--json");

        assertThat(answer.status()).as(answer.err()).isZero();
        JsonNode result = new ObjectMapper().readTree(answer.out());
        Map<String, JsonNode> differences = new HashMap<>();
        result.get("differences")
                .forEach(one -> differences.put(
                        one.get("window").asText() + " " + one.get("start").asText() + " "
                                + one.get("figure").asText(),
                        one));
        for (int minute = 0; minute < MINUTES; minute++) {
            String window = "1m " + hours.from().plus(Duration.ofMinutes(minute)) + " ";
            long right = hours.energy(Role.IT, minute, minute + 1);
            assertThat(differences.get(window + "energy_it3_kwh"))
                    .isEqualTo(difference(window, "energy_it3_kwh", kwh(wrongIt(minute, minute + 1)), kwh(right)));
            assertThat(differences.get(window + "energy_cooling_kwh"))
                    .isEqualTo(difference(
                            window, "energy_cooling_kwh", "", kwh(hours.energy(Role.COOLING, minute, minute + 1))));
            assertThat(differences.get(window + "energy_auxiliary_kwh"))
                    .isEqualTo(difference(
                            window, "energy_auxiliary_kwh", kwh(hours.energy("pdu-6", minute, minute + 1)), ""));
            assertThat(differences).doesNotContainKey(window + "energy_import_kwh");
            assertThat(differences
                            .getOrDefault(window + "co2_location_kg", result)
                            .path("after")
                            .asText())
                    .as("by a factor of the configuration")
                    .isNotEmpty();
            assertThat(differences
                            .getOrDefault(window + "pue3", result)
                            .path("after")
                            .asDouble())
                    .isEqualTo(hours.input(minute, minute + 1) / (double) right);
        }
        assertThat(result.get("before").get("energy_it3_kwh").asDouble())
                .isEqualTo(wrongIt(0, MINUTES) / KILOWATT_HOUR);
        assertThat(result.get("after").get("energy_it3_kwh").asDouble())
                .isEqualTo(hours.energy(Role.IT, 0, MINUTES) / KILOWATT_HOUR);
        assertThat(result.get("windows").get("1m"))
                .isEqualTo(new ObjectMapper().readTree("{\"compared\": 30, \"different\": 30}"));
        assertThat(result.get("windows").get("15m").get("different").asInt()).isEqualTo(2);
    }

    private static JsonNode difference(String window, String figure, String before, String after) {
        String[] named = window.split(" ", -1);
        return new ObjectMapper()
                .createObjectNode()
                .put("window", named[0])
                .put("start", named[1])
                .put("figure", figure)
                .put("before", before)
                .put("after", after);
    }

    private static String kwh(long millijoules) {
        return String.valueOf(millijoules / KILOWATT_HOUR);
    }

    private void assertSameModelHasNone(EngineFolder engine, KafkaServer kafka) throws Exception {
        try (Admin admin = Admin.create(Map.<String, Object>of("bootstrap.servers", kafka.bootstrap()))) {
            Listing.awaitNone(admin, topic -> topic.contains("replay"));
            assertThat(admin.listGroups().all().get())
                    .noneMatch(group -> group.groupId().contains("replay"));

            Answer answer = replay(engine, "site.yaml", "--keep");

            assertThat(answer.status()).as(answer.err()).isZero();
            assertThat(answer.out()).contains("1m: 0 of 30 windows differ").contains("15m: 0 of 2 windows differ");
            assertThat(admin.listTopics().names().get())
                    .filteredOn(topic -> topic.contains("replay"))
                    .anyMatch(topic -> topic.startsWith("hg-replay-") && topic.endsWith(".kpi"))
                    .allMatch(topic -> topic.startsWith("hg-replay-"));
        }
        assertNoFolderIsLeft(engine);
    }

    /** As Ctrl-C does, and a Job's deadline. */
    private void assertStoppedLeavesNothing(EngineFolder engine, KafkaServer kafka) throws Exception {
        try (Admin admin = Admin.create(Map.<String, Object>of("bootstrap.servers", kafka.bootstrap()))) {
            Set<String> kept = admin.listTopics().names().get();
            Process replay = engine.begin("replay", "--site", site(engine));
            try {
                Listing.awaitSome(admin, topic -> topic.endsWith("-changelog") && topic.startsWith("hg-replay-"));
                replay.destroy();
                assertThat(replay.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS))
                        .isTrue();
            } finally {
                replay.destroyForcibly();
            }
            Listing.awaitNone(admin, topic -> topic.contains("replay") && !kept.contains(topic));
            assertThat(admin.listGroups().all().get())
                    .noneMatch(group -> group.groupId().contains("replay"));
        }
        assertNoFolderIsLeft(engine);
    }

    private static String site(EngineFolder engine) {
        return engine.home().resolve("site.yaml").toString();
    }

    private static void assertNoFolderIsLeft(EngineFolder engine) throws Exception {
        try (Stream<Path> left = Files.list(engine.home().resolve("tmp"))) {
            assertThat(left.filter(path -> path.getFileName().toString().startsWith("heliograph-")))
                    .isEmpty();
        }
    }

    private Answer replay(EngineFolder engine, String site, String option) throws Exception {
        return engine.streams(
                "replay",
                "--site",
                engine.home().resolve(site).toString(),
                "--from",
                hours.from().toString(),
                "--to",
                hours.to().toString(),
                option);
    }
}
